import { describe, expect, test } from 'vitest';
import {
  exponential,
  findSchedule,
  karras,
  karrasOpen,
  logSnrCosine,
  scheduleRegistry,
} from './schedules';

const range = { sigmaMin: 0.002, sigmaMax: 80 };

describe.each(scheduleRegistry)('$id', (schedule) => {
  test.each([1, 2, 3, 18, 250])(
    '%d steps go down from sigmaMax to sigmaMin, then 0',
    (numSteps) => {
      const sigmas = schedule.sigmas(numSteps, range, {});
      expect(sigmas).toHaveLength(numSteps + 1);
      expect(sigmas[numSteps]).toBe(0);
      const [first, last] = [sigmas[0]!, sigmas[numSteps - 1]!];
      const endsAbove = schedule.id === 'trailing' || schedule === karrasOpen;
      // Those are known for beginning below, and for ending above.
      if (schedule.id !== 'leading' || numSteps === 1) expect(first).toBeCloseTo(80, 9);
      else expect(first).toBeLessThan(79);
      if (numSteps > 1 && !endsAbove) expect(last).toBeCloseTo(0.002, 9);
      if (numSteps > 1 && endsAbove) expect(last).toBeGreaterThan(0.0021);
      expect(first).toBeLessThanOrEqual(80);
      expect(last).toBeGreaterThanOrEqual(0.002 * (1 - 1e-9));
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

test('karras-open leaves the last level out', () => {
  const longer = karras.sigmas(5, range, {});
  expect([...karrasOpen.sigmas(4, range, {})]).toEqual([...longer.slice(0, 4), 0]);
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

test('exponential takes even steps in ln sigma', () => {
  const logs = exponential.sigmas(11, range, {}).slice(0, 11).map(Math.log);
  for (let i = 0; i < 10; i++) {
    expect(logs[i]! - logs[i + 1]!).toBeCloseTo(Math.log(80 / 0.002) / 10, 10);
  }
});

describe('timesteps', () => {
  // 1,000 levels that tell which timestep they are of.
  const levels = Float64Array.from({ length: 1000 }, (_, t) => t + 1);
  const discrete = { sigmaMin: 1, sigmaMax: 1000, levels };
  const timesteps = (id: string, numSteps: number) =>
    [...findSchedule(id).sigmas(numSteps, discrete, {})].slice(0, numSteps).map((s) => s - 1);

  // By the formulas of diffusers' DDIMScheduler.set_timesteps with steps_offset 0, in NumPy.
  test.each([
    ['linspace', 10, [999, 888, 777, 666, 555, 444, 333, 222, 111, 0]],
    ['leading', 10, [900, 800, 700, 600, 500, 400, 300, 200, 100, 0]],
    ['trailing', 10, [999, 899, 799, 699, 599, 499, 399, 299, 199, 99]],
    ['leading', 7, [852, 710, 568, 426, 284, 142, 0]],
    ['trailing', 7, [999, 856, 713, 570, 428, 285, 142]],
  ])('%s, %d steps of discrete time', (id, numSteps, wanted) => {
    expect(timesteps(id, numSteps)).toEqual(wanted);
  });

  test.each(['linspace', 'leading', 'trailing'])('%s: one step begins at sigmaMax', (id) => {
    expect(timesteps(id, 1)).toEqual([999]);
    // More steps than timesteps lie between them.
    const many = timesteps(id, 1024);
    for (let i = 0; i < 1023; i++) expect(many[i]).toBeGreaterThan(many[i + 1]!);
    expect(many[0]).toBeLessThanOrEqual(999);
    expect(many[1023]).toBeGreaterThanOrEqual(0);
    expect(new Set(timesteps(id, 1000)).size).toBe(1000);
  });

  test('without levels of their own a network’s range has the curve of DDPM', () => {
    // DDPM's betas, 0.0001 to 0.02 in 1,000 steps: their own levels, from end to end.
    let alphaBar = 1;
    const ddpm = Array.from({ length: 1000 }, (_, t) => {
      alphaBar *= 1 - (1e-4 + ((0.02 - 1e-4) * t) / 999);
      return Math.sqrt((1 - alphaBar) / alphaBar);
    });
    const own = { sigmaMin: ddpm[0]!, sigmaMax: ddpm[999]! };
    const sigmas = findSchedule('linspace').sigmas(1000, own, {});
    ddpm.forEach((sigma, t) => {
      const told = sigmas[999 - t]!;
      if (t > 20) expect(Math.abs(Math.log(told / sigma))).toBeLessThan(0.06);
    });
  });
});

test('findSchedule finds by id', () => {
  expect(findSchedule('karras')).toBe(karras);
  expect(() => findSchedule('linear')).toThrow('leading, trailing, got "linear"');
});
