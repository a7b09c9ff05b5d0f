import { describe, expect, test } from 'vitest';
import { guidanceRegistry } from './guidance';
import { defaultParameters, type NumberParameter, parameterValue } from './parameters';
import { samplerRegistry } from './samplers';
import { scheduleRegistry } from './schedules';

const eta: NumberParameter = { id: 'eta', label: 'η', min: 0, max: 1, step: 0.1, default: 0.5 };

test('a parameter is the value given or the default', () => {
  expect(parameterValue(eta, {})).toBe(0.5);
  expect(parameterValue(eta, { eta: 0 })).toBe(0);
  expect(defaultParameters([eta])).toEqual({ eta: 0.5 });
});

test.each([-0.1, 1.1, Number.NaN])('%d is outside the range', (value) => {
  expect(() => parameterValue(eta, { eta: value })).toThrow(
    `"eta" must be within [0, 1], got ${value}`,
  );
});

const entries = [...samplerRegistry, ...scheduleRegistry, ...guidanceRegistry];

describe.each(entries)('$id', ({ label, paper, parameters }) => {
  test('is described, and its defaults are within their ranges', () => {
    expect(label).not.toBe('');
    expect(paper).toMatch(/^\d{4}\.\d{5}$/);
    for (const parameter of parameters) {
      expect(parameterValue(parameter, {})).toBe(parameter.default);
      expect(parameter.min).toBeLessThan(parameter.max);
      expect(parameter.step).toBeGreaterThan(0);
      expect(parameter.label).not.toBe('');
    }
    expect(new Set(parameters.map(({ id }) => id)).size).toBe(parameters.length);
  });
});

test.each([
  ['samplers', samplerRegistry],
  ['schedules', scheduleRegistry],
  ['rules', guidanceRegistry],
])('ids of %s are unique', (_name, registry) => {
  expect(new Set(registry.map(({ id }) => id)).size).toBe(registry.length);
});
