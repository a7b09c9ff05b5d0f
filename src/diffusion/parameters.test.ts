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

test('a category is one of its choices', () => {
  const size: NumberParameter = {
    ...{ id: 'size', label: 'Size', min: 0, max: 2, step: 1, default: 0 },
    choices: [
      { value: 0, label: 'large' },
      { value: 2, label: 'small' },
    ],
  };
  expect(parameterValue(size, { size: 2 })).toBe(2);
  for (const value of [1, 0.5, -1, Number.NaN]) {
    expect(() => parameterValue(size, { size: value })).toThrow(
      `Parameter "size" must be one of 0 (large), 2 (small), got ${value}`,
    );
  }
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
      const values = parameter.choices?.map(({ value }) => value);
      if (!values) continue;
      expect([Math.min(...values), Math.max(...values)]).toEqual([parameter.min, parameter.max]);
      expect(new Set(values).size).toBe(values.length);
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
