import { expect, test } from 'vitest';
import { logAxis } from './log-axis';

const axis = logAxis({ min: 0.1, max: 10 });

test('equal steps are equal ratios, and the ends are the range’s own', () => {
  expect([0, 500, 1000].map(axis.toValue)).toEqual([0.1, 1, 10]);
  expect([0.1, 1, 10].map(axis.toTick)).toEqual([0, 500, 1000]);
});

test('every value stays where it is when its tick is set again', () => {
  for (let tick = 0; tick <= axis.ticks; tick++) {
    const value = axis.toValue(tick);
    expect(value).toBe(Number(value.toPrecision(3)));
    expect(Math.abs(axis.toTick(value) - tick)).toBeLessThanOrEqual(1);
  }
});

test('rounding to three digits does not leave the range', () => {
  const odd = logAxis({ min: 0.12345, max: 9.8765 });
  expect(odd.toValue(0)).toBe(0.12345);
  expect(odd.toValue(1000)).toBe(9.8765);
});
