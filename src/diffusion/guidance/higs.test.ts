import { describe, expect, test } from 'vitest';
import { type ArrayField, arrayFields } from '../fields';
import type { Parameters } from '../parameters';
import { createRun, DEFAULT_RUN } from '../run';
import { checkedFields } from '../testing/checked-fields';
import { mixtureEvaluate } from '../worlds/analytic';
import { higs } from './higs';

/** Pictures of one row of two pixels: their cosines are the sum and the difference, by √2. */
type Pair = readonly [number, number];

/** A run by hand: the estimate at each evaluation. */
const WAY: readonly { step: number; stage: number; sigma: number; d: Pair }[] = [
  { step: 0, stage: 0, sigma: 4, d: [0.5, -0.2] },
  { step: 0, stage: 1, sigma: 2, d: [0.6, -0.3] },
  { step: 1, stage: 0, sigma: 2, d: [0.8, -0.1] },
  { step: 1, stage: 1, sigma: 1, d: [0.7, -0.4] },
  { step: 2, stage: 0, sigma: 1, d: [0.9, -0.6] },
  { step: 3, stage: 0, sigma: 0.2, d: [1, -0.9] },
];

async function followed(s: number, params: Parameters): Promise<Pair[]> {
  const fields = checkedFields(arrayFields({ seeds: [1], sampleSize: 2, shape: [1, 1, 2] }));
  const combine = higs.create(fields, params);
  const made: Pair[] = [];
  for (const { d, ...at } of WAY) {
    const [cond, x] = [fields.empty(), fields.empty()];
    cond.data.set(d);
    const point = { ...at, sigmaDown: 0, guidanceScale: s };
    const guided = (await combine({ cond }, point, x)) as ArrayField;
    made.push([guided.data[0]!, guided.data[1]!]);
    for (const used of new Set([cond, x, guided])) fields.release(used);
  }
  combine.release?.();
  expect(fields.liveCount()).toBe(0);
  return made;
}

/** Algorithm 3 of the paper, in plain numbers. */
function byHand(w: number, alpha: number, eta: number, least: number, cutoff: number): Pair[] {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const [low, high] = [sigmoid(50 * (0 - cutoff)), sigmoid(50 * (0.5 - cutoff))];
  /** Averages before each step, from 0 on. */
  const averages: Pair[] = [[0, 0]];
  for (const { d, stage } of WAY) {
    if (stage > 0) continue;
    const m = averages.at(-1)!;
    averages.push([alpha * d[0] + (1 - alpha) * m[0], alpha * d[1] + (1 - alpha) * m[1]]);
  }
  return WAY.map(({ step, sigma, d }): Pair => {
    const t = sigma / (1 + sigma);
    if (step === 0 || t <= least) return d;
    const m = averages[step]!;
    const delta: Pair = [d[0] - m[0], d[1] - m[1]];
    const along = (delta[0] * d[0] + delta[1] * d[1]) / (d[0] ** 2 + d[1] ** 2);
    const kept = delta.map((value, i) => value - (1 - eta) * along * d[i]!) as unknown as Pair;
    const [sum, difference] = [(low * (kept[0] + kept[1])) / 2, (high * (kept[0] - kept[1])) / 2];
    const weight = w * Math.sqrt((t - least) / (1 - least));
    return [d[0] + weight * (sum + difference), d[1] + weight * (sum - difference)];
  });
}

describe('HiGS', () => {
  test.each<[string, Parameters, [number, number, number, number]]>([
    ['as it is', {}, [0.75, 1, 0.3, 0.05]],
    ['projected', { higsParallel: 0 }, [0.75, 0, 0.3, 0.05]],
    ['partly projected', { higsParallel: 0.4 }, [0.75, 0.4, 0.3, 0.05]],
    ['with a longer memory', { higsLatest: 0.4 }, [0.4, 1, 0.3, 0.05]],
    ['to the end', { higsFrom: 0 }, [0.75, 1, 0, 0.05]],
    ['of all frequencies', { higsCutoff: 0.2 }, [0.75, 1, 0.3, 0.2]],
  ])('%s it is the paper’s algorithm', async (_, params, wanted) => {
    const made = await followed(3, params);
    byHand(2, ...wanted).forEach((pair, i) => {
      pair.forEach((value, k) => {
        expect(made[i]![k], `evaluation ${i}`).toBeCloseTo(value, 5);
      });
    });
  });

  test('at scale 1 it is the estimate', async () => {
    const wanted = WAY.map(({ d }) => d.map(Math.fround));
    expect(await followed(1, {})).toEqual(wanted);
  });

  test('costs no evaluation more, and depends on a sample alone', async () => {
    const range = { sigmaMin: 0.02, sigmaMax: 20 };
    const mixture = [
      { classLabel: 0, weight: 1, mean: [0.3, -0.8], std: 0.2 },
      { classLabel: 0, weight: 1, mean: [-0.5, 0.6], std: 0.1 },
    ];
    const last = async (seeds: readonly number[]) => {
      const fields = arrayFields({ seeds, sampleSize: 2, shape: [1, 1, 2] });
      const run = createRun({
        settings: {
          ...DEFAULT_RUN,
          guidance: 'higs',
          guidanceScale: 3,
          sampler: 'heun',
          numSteps: 6,
          parameters: { higsParallel: 0.5 },
        },
        range,
        fields,
        evaluate: mixtureEvaluate({ mixture, labels: seeds.map(() => 0), fields }),
      });
      let data = new Float32Array();
      for await (const { x } of run.steps(run.start())) data = x.data.slice();
      expect(run.nfe).toBe(11);
      return data;
    };
    expect((await last([3, 4])).subarray(2)).toEqual(await last([4]));
  });
});
