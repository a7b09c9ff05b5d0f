import { describe, expect, test, vi } from 'vitest';
import { Aborted, type BatchSession, batchedNetwork, queue, type SmallerBatch } from './network';

/** Doubles its input; sessions above `fits` rows fail, in being made or in running. */
function doubling(fits: number, failIn: 'create' | 'run' = 'run', maxBatch = 16) {
  const runs: number[] = [];
  const released: number[] = [];
  const smaller: SmallerBatch[] = [];
  const network = batchedNetwork({
    maxBatch,
    onSmallerBatch: (told) => smaller.push(told),
    inTurn: queue(),
    async create(batch): Promise<BatchSession> {
      if (failIn === 'create' && batch > fits) throw new Error(`${batch} rows do not fit`);
      return {
        async run({ x }, from, count, rows, outputs) {
          runs.push(batch);
          if (batch > fits) throw new Error(`${batch} rows do not fit`);
          outputs.y ??= new Float32Array(rows);
          for (let i = from; i < from + count; i++) outputs.y[i] = 2 * x!.data[i]!;
          return 1;
        },
        release: async () => void released.push(batch),
      };
    },
  });
  const run = (rows: number, stop?: () => boolean) =>
    network.run(
      { x: { data: Float32Array.from({ length: rows }, (_, i) => i), dims: [] } },
      rows,
      stop,
    );
  return { network, run, runs, released, smaller };
}

const doubled = (rows: number) => Float32Array.from({ length: rows }, (_, i) => 2 * i);

describe('a batch that fails', () => {
  test.each(['create', 'run'] as const)(
    'in %s: the next smaller ones are tried, and told',
    async (where) => {
      const { network, run, released, smaller } = doubling(4, where);
      expect((await run(20)).y).toEqual(doubled(20));
      expect(network.maxBatch).toBe(4);
      expect(smaller).toEqual([{ failed: 16, maxBatch: 4, detail: '16 rows do not fit' }]);
      expect(released).toEqual(where === 'run' ? [16, 8] : []);
    },
  );

  test('is not tried again', async () => {
    const { run, runs, smaller } = doubling(2);
    await run(16);
    runs.length = 0;
    await run(16);
    expect(runs).toEqual(Array(8).fill(2));
    expect(smaller).toHaveLength(1);
  });

  test('where even one row fails, the first failure is thrown and nothing is told', async () => {
    const { network, run, smaller } = doubling(0);
    await expect(run(8)).rejects.toThrow('8 rows do not fit');
    expect(network.maxBatch).toBe(16);
    expect(smaller).toEqual([]);
  });

  test('a run that is stopped meanwhile ends as stopped', async () => {
    const { run, runs } = doubling(1);
    await expect(run(8, () => runs.length > 0)).rejects.toThrow(Aborted);
  });
});

test('the queue lets one job at a time through, and survives one that fails', async () => {
  const inTurn = queue();
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    if (name === 'a') throw new Error(name);
    return name;
  };
  const [a, b] = await Promise.allSettled([inTurn(job('a')), inTurn(job('b'))]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect([a.status, b]).toEqual(['rejected', { status: 'fulfilled', value: 'b' }]);
});

describe('sessions', () => {
  test('are made once, and the least recently used is released', async () => {
    const { network, run, released } = doubling(16);
    for (const rows of [1, 2, 4, 1, 8]) await run(rows);
    await vi.waitFor(() => expect(released).toEqual([2]));
    await network.release();
    expect(released).toEqual([2, 4, 1, 8]);
  });

  test('no run is larger than the limit, which only falls', async () => {
    const { network, run, runs } = doubling(16);
    network.limit(5);
    network.limit(16);
    expect(network.maxBatch).toBe(4);
    expect((await run(9)).y).toEqual(doubled(9));
    expect(runs).toEqual([4, 4, 1]);
  });
});
