import { expect, test } from 'vitest';
import { guidanceRegistry } from '../diffusion/guidance';
import { samplerRegistry } from '../diffusion/samplers';
import { type ColumnSettings, consistent, DEFAULT_COLUMN } from './column';
import { withChanges } from './replaced-sampler';

const change = (column: ColumnSettings, ...steps: Partial<ColumnSettings>[]) =>
  steps.reduce<ColumnSettings>((now, step) => withChanges(now, step, consistent), column);

const firstOrderRules = guidanceRegistry.filter(({ firstOrderOnly }) => firstOrderOnly);

test('some rule works with first-order samplers alone', () => {
  expect(firstOrderRules.length).toBeGreaterThan(0);
});

for (const { id: guidance } of firstOrderRules) {
  for (const { id: sampler, firstOrder } of samplerRegistry) {
    test(`${sampler} is there again after ${guidance} was tried`, () => {
      const before = change(DEFAULT_COLUMN, { sampler });
      const tried = change(before, { guidance });
      expect(tried.sampler).toBe(firstOrder ? sampler : 'ddim');
      expect(change(tried, { guidance: 'cfg' })).toEqual(before);
      // Other changes in between do not lose it.
      const later = change(tried, { numSteps: 9 }, { guidanceScale: 2 }, { guidance: 'apg' });
      expect(later.sampler).toBe(sampler);
    });
  }
}

test('its parameters come back with it', () => {
  const before = change(DEFAULT_COLUMN, { sampler: 'heun' }, { parameters: { sChurn: 10 } });
  expect(before.parameters).toEqual({ sChurn: 10 });
  const tried = change(before, { guidance: 'cfg-plus-plus' });
  expect(tried.parameters).toEqual({});
  expect(change(tried, { guidance: 'cfg' })).toEqual(before);
});

test('a sampler that was chosen meanwhile stays', () => {
  const tried = change(DEFAULT_COLUMN, { sampler: 'heun' }, { guidance: 'cfg-plus-plus' });
  const chosen = change(tried, { sampler: 'ddpm' });
  expect(change(chosen, { guidance: 'cfg' }).sampler).toBe('ddpm');
});

for (const { id: guidance, madeFor } of guidanceRegistry) {
  if (!madeFor) continue;
  test(`${guidance} brings its steps along, and they go with it`, () => {
    const before = change(DEFAULT_COLUMN, { sampler: 'heun' }, { parameters: { sChurn: 10 } });
    const tried = change(before, { guidance });
    expect(tried).toEqual({ ...before, guidance, ...madeFor, parameters: {} });
    expect(change(tried, { guidance: 'cfg' })).toEqual(before);
    // Other changes in between do not lose them.
    expect(change(tried, { guidanceScale: 2 }, { guidance: 'apg' }).sampler).toBe('heun');
    // What was chosen meanwhile stays.
    const chosen = change(tried, { numSteps: 9 }, { guidance: 'cfg' });
    expect(chosen).toEqual({ ...before, numSteps: 9 });
    // A sampler that still cannot be followed comes back with the rule after that.
    const other = change(tried, { guidance: 'cfg-plus-plus' });
    expect(other.sampler).toBe('ddim');
    expect(change(other, { guidance: 'cfg' })).toEqual(before);
  });
}

test('some rule is made for steps of its own', () => {
  expect(guidanceRegistry.some(({ madeFor }) => madeFor)).toBe(true);
});
