import { beforeEach, expect, test, vi } from 'vitest';
import { DEFAULT_RUN } from '../diffusion/run';
import type { EngineEvent } from './protocol';
import { workerScope } from './testing/worker-scope';

/** A float16 graph begins with this byte, in place of the file's 32. */
const HALF = 16;

const fake = vi.hoisted(() => ({
  /** Whether float32 loses samples too. */
  hopeless: false,
  /** First byte of the graph of every network that was opened. */
  opened: [] as number[],
}));

vi.mock('../networks/onnx/half', () => ({ toHalf: () => Uint8Array.of(HALF) }));

vi.mock('../networks/download', async () => ({
  ModelError: (await import('../networks/errors')).ModelError,
  loadModel: async (id: string) => ({
    manifest: {
      ...{ id, role: 'denoiser', classes: ['A', 'B'], shape: [1, 1, 1] },
      sigma: { min: 0.002, max: 80 },
    },
    files: new Map([['model.onnx', Uint8Array.of(32)]]),
    warnings: [],
  }),
}));

vi.mock('./session', () => {
  const runtime = {
    ...{ info: { backend: 'wasm' }, speed: 'wasm', half: false },
    lost: new Promise(() => {}),
    open([kind = 0]: Uint8Array, { maxBatch }: { maxBatch: number }) {
      fake.opened.push(kind);
      return {
        // Where little noise is left, float16 gives no number for the second class.
        run: async ({ sigma, label }: Record<string, { data: Float32Array }>) => ({
          denoised: sigma!.data.map((level, i) => {
            const broken = kind === HALF || fake.hopeless;
            return broken && level < 0.5 && label!.data[3 * i + 1] === 1 ? Number.NaN : 0.25;
          }),
        }),
        ...{ release: async () => {}, busyMs: 0, maxBatch, limit: () => {} },
      };
    },
  };
  return { openRuntime: async () => runtime, openWasm: async () => runtime };
});

const { events, ask } = workerScope();
await import('./engine.worker');

const settings = {
  ...{ ...DEFAULT_RUN, sampler: 'ddim', guidance: 'conditional', numSteps: 4 },
  ...{ seeds: [1, 2], labels: [0, 1] },
};
const told = (type: EngineEvent['type']) => events.filter((event) => event.type === type);
const end = (type: EngineEvent['type']) => vi.waitFor(() => expect(told(type)).toHaveLength(1));
const common = { modelId: 'tiny', baseUrl: '', backend: 'auto', rows: 2 } as const;

beforeEach(async () => {
  fake.hopeless = false;
  ask({ type: 'load', id: 0, ...common, precision: 'fp16' });
  await end('ready');
  expect(told('ready')[0]).toMatchObject({ info: { precision: 'fp16' } });
  events.length = 0;
  fake.opened.length = 0;
});

test('a run that loses a sample in float16 is drawn again in float32, once, and it is told', async () => {
  ask({ type: 'sample', id: 1, settings, judge: false });
  await end('done');
  expect(told('full-precision')).toEqual([
    {
      type: 'full-precision',
      info: expect.objectContaining({
        precision: 'fp32',
        precisionWhy: { reason: 'lost', detail: '' },
      }),
    },
  ]);
  expect(told('done')[0]).toMatchObject({ samples: Float32Array.of(0.25, 0.25) });
  expect(told('done')[0]).not.toHaveProperty('figures.lost');
  expect(fake.opened).toEqual([32]);

  events.length = 0;
  ask({ type: 'sample', id: 2, settings, judge: false });
  await end('done');
  expect(told('full-precision')).toEqual([]);
  expect(fake.opened, 'it stays so').toEqual([32]);
});

test('so is a film', async () => {
  ask({ type: 'film', id: 1, settings, scales: [1, 2], judge: false });
  await end('filmed');
  expect(told('full-precision')).toHaveLength(1);
  const [filmed] = events.filter((event) => event.type === 'filmed');
  expect(filmed?.takes.map(({ figures }) => figures.lost)).toEqual([undefined, undefined]);
});

test('a run that is steered goes on, and the next one is in float32', async () => {
  ask({ type: 'sample', id: 1, settings, judge: false, stepMs: 0 });
  await end('done');
  expect(told('done')[0]).toMatchObject({ figures: { lost: [{ sample: 1, by: 'cond' }] } });
  expect(told('full-precision')).toHaveLength(1);
  expect(fake.opened).toEqual([32]);
});

test('what float32 loses too is told', async () => {
  fake.hopeless = true;
  ask({ type: 'sample', id: 1, settings, judge: false });
  await end('done');
  expect(told('full-precision')).toHaveLength(1);
  expect(told('done')[0]).toMatchObject({
    figures: { lost: [{ sample: 1, stage: 0, by: 'cond' }] },
  });
  const [done] = events.filter((event) => event.type === 'done');
  expect([...(done?.samples ?? [])]).toEqual([0.25, Number.NaN]);
});
