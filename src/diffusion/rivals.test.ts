import { describe, expect, test } from 'vitest';
import type { Betas } from './betas';
import { type Convention, levelsOf } from './convention';
import {
  type Ask,
  believedLost,
  COMPARED_ROWS,
  compareConventions,
  correlation,
  outdoing,
} from './rivals';

const SIZE = 64;
const LINEAR: Betas = { kind: 'linear', start: 1e-4, end: 0.02, steps: 1000 };
const COSINE: Betas = { kind: 'cosine', steps: 1000 };
const of = (rest: Omit<Convention, 'betas'> & { betas?: Betas }): Convention => ({
  betas: LINEAR,
  ...rest,
});

const RIVALS: readonly Convention[] = [
  of({ prediction: 'eps', noising: 'betas', counts: 'from-0' }),
  of({ prediction: 'v', noising: 'betas', counts: 'from-0' }),
  of({ prediction: 'x0', noising: 'betas', counts: 'from-0' }),
  of({ prediction: 'eps', noising: 'betas', counts: 'from-0', betas: COSINE }),
  of({ prediction: 'v', noising: 'betas', counts: 'fraction' }),
  of({ prediction: 'flow', noising: 'flow', counts: 'fraction' }),
  of({ prediction: 'flow', noising: 'flow', counts: 'thousand' }),
  of({ prediction: 'flow-to-data', noising: 'flow', counts: 'reversed' }),
  of({ prediction: 'eps', noising: 'sigma', counts: 'sigma' }),
  of({ prediction: 'eps', noising: 'sigma', counts: 'log-sigma' }),
  of({ prediction: 'edm', noising: 'edm', counts: 'c-noise' }),
];

/**
 * The exact network of pictures of stripes, N(mean of the row's class, 0.1²), in a convention: the
 * noise level is what the number told stands for, found by bisection.
 */
function exact(convention: Convention): Ask {
  const levelOf = levelsOf(convention);
  const rising = levelOf(10).time > levelOf(0.1).time;
  const sigmaOf = (time: number) => {
    let [low, high] = [Math.log(1e-3), Math.log(500)];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (levelOf(Math.exp(middle)).time < time === rising) low = middle;
      else high = middle;
    }
    return Math.exp(low);
  };
  return async (inputs, time) => {
    const sigma = sigmaOf(time);
    const { scale, skip, out } = levelOf(sigma);
    return inputs.map((z, i) => {
      const row = Math.floor(i / SIZE);
      const mean = Math.floor((i % SIZE) / 16) === (row < 2 ? 0 : 1) ? 0.6 : -0.8;
      const y = z / scale;
      const y0 = mean + (0.01 / (0.01 + sigma ** 2)) * (y - mean);
      return (y0 - skip * y) / out;
    });
  };
}

describe('of rival conventions, the one that a network has fits best', () => {
  test.each(RIVALS.map((convention, k) => [k, convention] as const))('%i: %o', async (k, truth) => {
    const ask = exact(truth);
    const { fits, values } = await compareConventions({
      rivals: RIVALS,
      ask,
      size: SIZE,
      goesOn: () => true,
    });
    expect(fits[0]!.rival).toBe(k);
    expect(fits).toHaveLength(RIVALS.length);
    // Of Gaussian data about 1 for what is within a class, and less for all.
    expect(fits[0]!.error).toBeLessThan(0.65);
    expect(fits[1]!.error).toBeGreaterThan(1.15 * fits[0]!.error);
    expect(outdoing({ fits, values })?.rival).toBe(k === 0 ? undefined : k);
    expect(values[0]).toBeCloseTo(-0.95, 1);
    expect(values[1]).toBeCloseTo(0.75, 1);
  });
});

test('what the network fails at, or knows nothing but noise of, fits not at all', async () => {
  const failing: Ask = async () => {
    throw new Error('indices out of bounds');
  };
  const rivals = RIVALS.slice(0, 3);
  const all = { rivals, size: SIZE, goesOn: () => true };
  const none = await compareConventions({ ...all, ask: failing });
  expect(none.fits.map(({ error }) => error)).toEqual([Infinity, Infinity, Infinity]);
  expect(outdoing(none)).toBeUndefined();
  const broken = await compareConventions({ ...all, ask: async (z) => z.map(() => Number.NaN) });
  expect(broken.fits.every(({ error }) => error === Infinity)).toBe(true);
});

describe('a network that gives numbers that are not finite', () => {
  const truth = RIVALS[0]!;
  /** The exact network, but for NaN at some of the levels. */
  const failing =
    (fails: (time: number) => boolean): Ask =>
    async (z, time) => {
      const outputs = await exact(truth)(z, time);
      return fails(time) ? outputs.map((value, i) => (i === 3 ? Number.NaN : value)) : outputs;
    };
  const compared = (ask: Ask, rivals = RIVALS) =>
    compareConventions({ rivals, ask, size: SIZE, goesOn: () => true });
  const { time } = levelsOf(truth)(0.4);

  test('where it is drawn by its own convention: nothing is said of that, though others draw', async () => {
    // As a network in float16 does at the levels that overflow; 0.4 is a level of the noise put in.
    const found = await compared(failing((told) => Math.abs(told - time) < 5));
    expect(believedLost(found)).toBe(true);
    expect(found.fits.find(({ rival }) => rival === 0)).toEqual({
      rival: 0,
      error: Infinity,
      lost: true,
    });
    expect(outdoing(found)).toBeDefined();
  });

  test('at the first look: the same', async () => {
    const found = await compared(failing((told) => told > 500));
    expect(believedLost(found)).toBe(true);
  });

  test('only when it is told of what is no picture: the convention is wrong', async () => {
    // What is believed in draws itself out of all bounds, where the network gives up.
    const bounded: Ask = async (z, told) => {
      const most = z.reduce((a, value) => Math.max(a, Math.abs(value)), 0);
      if (most > 60) return z.map(() => Number.NaN);
      return exact(RIVALS[2]!)(z, told);
    };
    const wild = of({ prediction: 'score', noising: 'sigma', counts: 'sigma' });
    const found = await compared(bounded, [wild, RIVALS[2]!]);
    expect(believedLost(found)).toBe(false);
    expect(outdoing(found)?.rival).toBe(1);
  });
});

test('a network that always draws the same does not fit', async () => {
  // By a timestep beyond its range it knows no picture but one.
  const stuck: Ask = async (z, time) =>
    time > 1 ? z.map((_, i) => (i % 2 ? 0.5 : -0.5)) : exact(RIVALS[5]!)(z, time);
  const { fits } = await compareConventions({
    rivals: [RIVALS[2]!, RIVALS[5]!],
    ask: stuck,
    size: SIZE,
    goesOn: () => true,
  });
  expect(fits[0]!.rival).toBe(1);
});

test('it ends when it may not go on, with the first one compared in any case', async () => {
  let asked = 0;
  const ask: Ask = (z, time) => {
    asked++;
    expect(z).toHaveLength(COMPARED_ROWS * SIZE);
    return exact(RIVALS[0]!)(z, time);
  };
  const { fits } = await compareConventions({
    rivals: RIVALS,
    ask,
    size: SIZE,
    goesOn: () => false,
  });
  expect(fits.map(({ rival }) => rival)).toEqual([0]);
  // A look, seven steps, four noise levels.
  expect(asked).toBe(12);
});

test('the correlation coefficient', () => {
  const a = Float32Array.of(1, 2, 3);
  expect(correlation(a, Float32Array.of(2, 4, 6))).toBeCloseTo(1, 12);
  expect(correlation(a, Float32Array.of(3, 2, 1))).toBeCloseTo(-1, 12);
  expect(correlation(a, Float32Array.of(1, 1, 1))).toBe(0);
});
