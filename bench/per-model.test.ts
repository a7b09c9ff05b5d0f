import { expect, test } from 'vitest';
import { type ModelSubject, measureModel } from './per-model';
import { planFor } from './settings';

const plan = { ...planFor(true), batches: [1, 8], warmUpMs: 0, budgetMs: 0, pauseMs: 0 };

test('the share is the network over the products, whatever their number of operations', async () => {
  const asked: number[] = [];
  const subject: ModelSubject = {
    backend: 'node',
    device: '1 thread',
    model: 'fake',
    numClasses: 3,
    companions: [],
    precision: 'fp32',
    maxBatch: 4,
    flopsPerForward: 1e6,
    memoryMb: 5,
    // 1 GFLOP/s and 2 GFLOP/s; the products have a quarter more operations than asked for.
    run: async ({ seeds, numSteps }) => {
      const networkMs = seeds.length * numSteps;
      return { wallMs: networkMs + 3, totalMs: networkMs + numSteps, networkMs };
    },
    openProducts: async (flops) => {
      asked.push(flops);
      return 1.25 * flops;
    },
    runProducts: async (times) => (times * 1.25 * asked.at(-1)!) / 2e6,
    runPlain: async () => 0,
    difference: async () => 0,
  };
  const costs = await measureModel(subject, plan, () => {});
  expect(asked).toEqual([1e6, 8e6]);
  for (const [i, cost] of costs.entries()) {
    const batch = plan.batches[i]!;
    expect(cost).toMatchObject({
      model: 'fake',
      batch,
      largestRun: Math.min(batch, 4),
      memoryMb: 5,
    });
    expect(cost.msPerStep).toBeCloseTo(batch + 1);
    expect(cost.gflops).toBeCloseTo(1);
    expect(cost.productGflops).toBeCloseTo(2);
    expect(cost.share.median).toBeCloseTo(0.5);
  }
});
