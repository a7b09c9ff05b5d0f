import { describe, expect, test } from 'vitest';
import type { Conditioning } from './conditioning';
import { type ArrayField, arrayFields } from './fields';
import { createRun, DEFAULT_RUN, guidanceModifiers, type RunSettings, runStages } from './run';
import { stackedEvaluate } from './stacked';
import { checkedFields } from './testing/checked-fields';

const RANGE = { sigmaMin: 0.01, sigmaMax: 80 };
const HEUN: RunSettings = { ...DEFAULT_RUN, sampler: 'heun', numSteps: 300 };
/** The first stage draws N(MEAN, 1/4); the second, given its x, N(2 x + 1/2, 1/100). */
const MEAN = 0.3;
const FIRST_STD = 0.5;
const SECOND_STD = 0.1;

/** D of N(mean, std²). */
const denoiseGaussian = (x: number, sigma: number, mean: number, std: number) =>
  (std ** 2 * x + sigma ** 2 * mean) / (std ** 2 + sigma ** 2);

/**
 * Where the probability-flow ODE of N(mean, std²) leads from x at sigmaMax: down to sigmaMin along
 * the curve, then to the estimate.
 */
function flowed(x: number, mean: number, std: number): number {
  const { sigmaMin, sigmaMax } = RANGE;
  const low = mean + ((x - mean) * Math.hypot(std, sigmaMin)) / Math.hypot(std, sigmaMax);
  return denoiseGaussian(low, sigmaMin, mean, std);
}

const rows = (data: Float32Array): Conditioning => ({ low: { data, dims: [1] } });

/** A stage whose network is told the mean of what it draws through its rows `low`. */
function gaussianStage(options: {
  readonly seeds: readonly number[];
  readonly std: number;
  readonly cond: Conditioning;
  readonly uncond: Conditioning;
  readonly settings: RunSettings;
}) {
  const { seeds, std, settings, ...conditioning } = options;
  const fields = checkedFields(arrayFields({ seeds, sampleSize: 1 }));
  const evaluate = stackedEvaluate({
    ...conditioning,
    fields,
    forward: async (x, sigma, { low }) =>
      x.map((value, i) => denoiseGaussian(value, sigma[i]!, low!.data[i]!, std)),
  });
  const run = createRun({ settings, range: RANGE, fields, evaluate });
  const x = run.start();
  return { fields, run, x, noise: x.data.slice() };
}

describe('two stages', () => {
  const seeds = [1, 2, 3, 4, 5];
  const none = rows(new Float32Array(5).fill(0.5));

  async function cascade(second: Partial<RunSettings>) {
    const first = gaussianStage({
      seeds,
      std: FIRST_STD,
      cond: rows(new Float32Array(5).fill(MEAN)),
      uncond: none,
      settings: HEUN,
    });
    let given: Float32Array | undefined;
    let next: ReturnType<typeof gaussianStage> | undefined;
    const steps: string[] = [];
    let drawn: Float32Array | undefined;
    const stages = runStages<ArrayField>([
      () => first,
      (before) => {
        given = before!.data.slice();
        next = gaussianStage({
          seeds: seeds.map((seed) => seed + 100),
          std: SECOND_STD,
          cond: rows(given.map((x) => 2 * x + 0.5)),
          uncond: none,
          settings: { ...HEUN, ...second },
        });
        return next;
      },
    ]);
    for await (const { stage, step, x } of stages) {
      steps.push(`${stage}.${step}`);
      drawn = x.data.slice();
    }
    return { first, next: next!, given: given!, steps, drawn: drawn! };
  }

  test('the second is conditioned on what the first has drawn', async () => {
    const { first, next, given, steps, drawn } = await cascade({ numSteps: 400 });
    expect(steps).toHaveLength(300 + 400);
    expect(steps[299]).toBe('0.299');
    expect(steps[300]).toBe('1.0');
    given.forEach((x, i) => {
      expect(x).toBeCloseTo(flowed(first.noise[i]!, MEAN, FIRST_STD), 3);
    });
    drawn.forEach((x, i) => {
      expect(x).toBeCloseTo(flowed(next.noise[i]!, 2 * given[i]! + 0.5, SECOND_STD), 3);
    });
    expect(first.run.nfe).toBe(2 * 300 - 1);
    expect(first.fields.liveCount() + next.fields.liveCount()).toBe(0);
  });

  test('guidance of the second leads along its rows: u + s (c - u) of two means', async () => {
    const { next, given, drawn } = await cascade({ numSteps: 400, guidanceScale: 3 });
    drawn.forEach((x, i) => {
      const mean = 0.5 + 3 * (2 * given[i]!);
      expect(x).toBeCloseTo(flowed(next.noise[i]!, mean, SECOND_STD), 3);
    });
    expect(next.run.nfe).toBe(2 * (2 * 400 - 1));
  });

  test('releases everything when it is stopped in the second', async () => {
    const zero = rows(Float32Array.of(0));
    const stage = () =>
      gaussianStage({ seeds: [7], std: 1, cond: zero, uncond: zero, settings: DEFAULT_RUN });
    const opened = [stage(), stage()];
    for await (const { stage, step } of runStages(opened.map((each) => () => each))) {
      if (stage === 1 && step === 2) break;
    }
    expect(opened.map(({ fields }) => fields.liveCount())).toEqual([0, 0]);
  });
});

describe('a curve', () => {
  test('of as many scales as steps is read as it is, so that a run can be steered', () => {
    const curve = [1, 2, 3];
    expect(guidanceModifiers({ ...DEFAULT_RUN, numSteps: 3, curve }).schedule).toBe(curve);
    expect(guidanceModifiers({ ...DEFAULT_RUN, numSteps: 2, curve }).schedule).toEqual([
      1.25, 2.75,
    ]);
  });
});
