import { describe, expect, test } from 'vitest';
import { findSchedule, karras, logSnrCosine, scheduleRegistry } from './schedules';

const range = { sigmaMin: 0.002, sigmaMax: 80 };

describe.each(scheduleRegistry)('$id', (schedule) => {
  test.each([1, 2, 3, 18, 250])(
    '%d steps go down from sigmaMax to sigmaMin, then 0',
    (numSteps) => {
      const sigmas = schedule.sigmas(numSteps, range, {});
      expect(sigmas).toHaveLength(numSteps + 1);
      expect(sigmas[0]).toBe(80);
      expect(sigmas[numSteps]).toBe(0);
      if (numSteps > 1) expect(sigmas[numSteps - 1]).toBe(0.002);
      for (let i = 0; i < numSteps; i++) expect(sigmas[i]).toBeGreaterThan(sigmas[i + 1]!);
    },
  );

  test('each parameter changes the result', () => {
    const plain = schedule.sigmas(10, range, {});
    for (const { id, min, max } of schedule.parameters) {
      expect(schedule.sigmas(10, range, { [id]: min })).not.toEqual(plain);
      expect(schedule.sigmas(10, range, { [id]: max })).not.toEqual(plain);
      expect(() => schedule.sigmas(10, range, { [id]: max + 1 })).toThrow(id);
    }
  });

  test('says what does not fit', () => {
    expect(() => schedule.sigmas(0, range, {})).toThrow(
      'numSteps must be a positive integer, got 0',
    );
    expect(() => schedule.sigmas(1.5, range, {})).toThrow('got 1.5');
    expect(() => schedule.sigmas(5, { sigmaMin: 0, sigmaMax: 1 }, {})).toThrow('got 0 and 1');
    expect(() => schedule.sigmas(5, { sigmaMin: 2, sigmaMax: 1 }, {})).toThrow('got 2 and 1');
    expect(() => schedule.sigmas(5, { sigmaMin: 1, sigmaMax: Infinity }, {})).toThrow('Infinity');
  });
});

test('karras takes even steps in sigma^(1/rho)', () => {
  for (const rho of [1, 7, 15]) {
    const roots = karras
      .sigmas(11, range, { rho })
      .slice(0, 11)
      .map((s) => s ** (1 / rho));
    const gap = (roots[0]! - roots[10]!) / 10;
    for (let i = 0; i < 10; i++) expect(roots[i]! - roots[i + 1]!).toBeCloseTo(gap, 10);
  }
});

// The paper's own words: lambda = -2 ln tan(a u + b), a and b from lambda_min and lambda_max.
test('logsnr-cosine is the paper’s formula', () => {
  const lambdaMin = -20;
  const lambdaMax = 20;
  const b = Math.atan(Math.exp(-lambdaMax / 2));
  const a = Math.atan(Math.exp(-lambdaMin / 2)) - b;
  const sigmas = logSnrCosine.sigmas(
    9,
    { sigmaMin: Math.exp(-lambdaMax / 2), sigmaMax: Math.exp(-lambdaMin / 2) },
    {},
  );
  for (let i = 0; i < 9; i++) {
    const u = 1 - i / 8;
    expect(-2 * Math.log(sigmas[i]!)).toBeCloseTo(-2 * Math.log(Math.tan(a * u + b)), 9);
  }
  // lambda = 0, as much signal as noise, in the middle.
  expect(sigmas[4]).toBeCloseTo(1, 9);
});

test('findSchedule finds by id', () => {
  expect(findSchedule('karras')).toBe(karras);
  expect(() => findSchedule('linear')).toThrow('karras, logsnr-cosine, got "linear"');
});
