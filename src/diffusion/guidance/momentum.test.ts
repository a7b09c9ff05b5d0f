import { describe, expect, test } from 'vitest';
import { type ArrayField, arrayFields } from '../fields';
import { createRun, DEFAULT_RUN } from '../run';
import { checkedFields } from '../testing/checked-fields';
import { mixtureEvaluate } from '../worlds/analytic';
import { momentum } from './momentum';

describe('momentum guidance', () => {
  /** Numbers of a run by hand: [sigma, x, c] at each evaluation. */
  const WAY = [
    { step: 0, stage: 0, sigma: 4, x: 3, c: 0.5 },
    { step: 0, stage: 1, sigma: 2, x: 2, c: 0.6 },
    { step: 1, stage: 0, sigma: 2, x: 1.9, c: 0.8 },
    { step: 1, stage: 1, sigma: 1, x: 1.2, c: 0.7 },
    { step: 2, stage: 0, sigma: 1, x: 1.1, c: 0.9 },
  ];
  const beta = 0.6;

  async function followed(s: number): Promise<number[]> {
    const fields = checkedFields(arrayFields({ seeds: [1], sampleSize: 1 }));
    const field = (value: number): ArrayField => {
      const made = fields.empty();
      made.data[0] = value;
      return made;
    };
    const combine = momentum.create(fields, { historyDecay: beta });
    const made: number[] = [];
    for (const { x, c, ...at } of WAY) {
      const given = [field(c), field(x)] as const;
      const point = { ...at, sigmaDown: 0, guidanceScale: s };
      const guided = (await combine({ cond: given[0] }, point, given[1])) as ArrayField;
      made.push(guided.data[0]!);
      for (const used of new Set([...given, guided])) fields.release(used);
    }
    combine.release?.();
    expect(fields.liveCount()).toBe(0);
    return made;
  }

  const velocity = (sigma: number, x: number, d: number) => (x - (1 + sigma) * d) / sigma;

  test('leads away from the average of the velocities of the steps before', async () => {
    const made = await followed(3);
    const [first, , second, , third] = WAY;
    const v0 = velocity(first!.sigma, first!.x, first!.c);
    const v1 = velocity(second!.sigma, second!.x, second!.c);
    const means = [undefined, undefined, v0, v0, beta * v0 + (1 - beta) * v1];
    WAY.forEach(({ sigma, x, c }, i) => {
      const v = velocity(sigma, x, c);
      const mean = means[i] ?? v;
      const guided = velocity(sigma, x, made[i]!);
      expect(guided, `evaluation ${i}`).toBeCloseTo(v + 2 * (v - mean), 5);
    });
    expect(third!.step).toBe(2);
  });

  test('at scale 1 it is the estimate', async () => {
    expect(await followed(1)).toEqual(WAY.map(({ c }) => Math.fround(c)));
  });

  test('where nothing changes nothing is led away from', async () => {
    // One point as data: its estimate is the same wherever, its velocity along the whole way.
    const fields = arrayFields({ seeds: [3, 4], sampleSize: 2 });
    const point = [{ classLabel: 0, weight: 1, mean: [0.3, -0.8], std: 0 }];
    const run = createRun({
      settings: {
        ...DEFAULT_RUN,
        guidance: 'momentum',
        guidanceScale: 5,
        sampler: 'ddim',
        numSteps: 8,
      },
      range: { sigmaMin: 0.02, sigmaMax: 20 },
      fields,
      evaluate: mixtureEvaluate({ mixture: point, labels: [0, 0], fields }),
    });
    const start = run.start();
    const wanted = [...start.data].map((x, i) => ({ slope: (x - point[0]!.mean[i % 2]!) / 20, i }));
    for await (const { x, sigma } of run.steps(start)) {
      for (const { slope, i } of wanted) {
        expect(x.data[i]).toBeCloseTo(point[0]!.mean[i % 2]! + slope * sigma, 4);
      }
    }
    expect(run.nfe).toBe(8);
  });
});
