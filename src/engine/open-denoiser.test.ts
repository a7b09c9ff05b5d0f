import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkInputs, makeCheck } from '../diffusion/self-check';
import type { DenoiserManifest } from '../networks/manifest';
import { batchedNetwork, queue, type SmallerBatch } from './network';
import { type OpenOptions, openDenoiser } from './open-denoiser';
import type { Runtime } from './session';

const graph = new Uint8Array(
  readFileSync(new URL('../../e2e/models/tiny/model.onnx', import.meta.url)),
);
const size = 16;
const shape: [number, number, number] = [1, 4, 4];
const inputs = { seed: 1, sigmas: [0.7, 80], labels: [0, 2] };
/** What the network is to answer: everything but its input does nothing. */
const answer = (x: Float32Array) => x.map((value) => Math.tanh(value));
const network = { shape, classes: ['a', 'b'], sigma: { min: 0.002, max: 80, data: 0.5 } };
const answers = answer(checkInputs(inputs, 2, network).x);
const manifest = {
  id: 'fake',
  ...network,
  flopsPerForward: 1e6,
  selfCheck: makeCheck(inputs, answers, size),
} as unknown as DenoiserManifest;

const options: OpenOptions = {
  precision: 'auto',
  maxBatch: undefined,
  lostAt: undefined,
  rows: 2,
  onSmallerBatch: () => {},
};

interface Device {
  readonly backend?: 'webgpu' | 'wasm';
  readonly half?: boolean;
  readonly speed?: Runtime['speed'];
  readonly limits?: Runtime['limits'];
  /** What float16 adds to every number. */
  readonly halfError?: number;
  readonly fullError?: number;
  /** Of one row, in the first run and later. */
  readonly rowMs?: readonly [first: number, later: number];
  /** Rows that still fit. */
  readonly fits?: number;
}

function fakeRuntime({
  backend = 'webgpu',
  half = true,
  speed = 'gpu',
  limits,
  halfError = 0.001,
  fullError = 0,
  rowMs = [1, 1],
  fits = 16,
  source = graph,
}: Device & { readonly source?: Uint8Array }) {
  const batches: number[] = [];
  const opened: string[] = [];
  let released = 0;
  const runtime: Runtime = {
    info: { backend, adapter: '', threads: 1 },
    half,
    speed,
    limits,
    lost: new Promise(() => {}),
    open(model, options) {
      const inHalf = model !== source;
      opened.push(inHalf ? 'fp16' : 'fp32');
      return batchedNetwork({
        ...options,
        inTurn: queue(),
        create: async (batch) => {
          let runs = 0;
          return {
            async run(fed, from, count, rows, outputs) {
              batches.push(batch);
              if (batch > fits) throw new Error('no memory');
              const x = fed.x!.data as Float32Array;
              const error = inHalf ? halfError : fullError;
              const made = answer(x.subarray(from * size, (from + count) * size));
              outputs.denoised ??= new Float32Array(rows * size);
              outputs.denoised.set(
                made.map((value) => value + error),
                from * size,
              );
              return rowMs[runs++ ? 1 : 0] * count;
            },
            async release() {
              released++;
            },
          };
        },
      });
    },
  };
  return { runtime, batches, opened, released: () => released };
}

async function openOn(device: Device, changes: Partial<OpenOptions> = {}, model = manifest) {
  const fake = fakeRuntime(device);
  const smaller: SmallerBatch[] = [];
  const onSmallerBatch = (told: SmallerBatch) => void smaller.push(told);
  const { network, openedAs } = await openDenoiser(fake.runtime, model, graph, {
    ...options,
    onSmallerBatch,
    ...changes,
  });
  return { ...fake, network, openedAs, smaller };
}

const without = (key: 'selfCheck') => ({ ...manifest, [key]: undefined }) as DenoiserManifest;

describe('the precision', () => {
  test('is float16 where the device has it and the check passes', async () => {
    const { openedAs, opened } = await openOn({});
    expect(opened).toEqual(['fp16']);
    expect(openedAs).toMatchObject({ precision: 'fp16', maxBatch: 16 });
    expect(openedAs.precisionWhy).toBeUndefined();
    expect(openedAs.difference).toBeCloseTo(0.001, 4);
  });

  test.each([
    ['no-shader-f16', { half: false }, {}, manifest],
    ['cpu', { backend: 'wasm' }, {}, manifest],
    ['asked', {}, { precision: 'fp32' }, manifest],
    ['no-check', {}, {}, without('selfCheck')],
    ['no-shader-f16', { half: false }, { precision: 'fp16' }, manifest],
  ] as const)('is float32, because: %s', async (reason, device, changes, model) => {
    const { openedAs, opened } = await openOn(device, changes, model);
    expect(opened).toEqual(['fp32']);
    expect(openedAs).toMatchObject({ precision: 'fp32', precisionWhy: { reason } });
  });

  test.each([0.2, Number.NaN])(
    'falls back where float16 is wrong by %d, and says so',
    async (halfError) => {
      const { openedAs, opened, released } = await openOn({ halfError });
      expect(opened).toEqual(['fp16', 'fp32']);
      expect(released()).toBe(1);
      expect(openedAs).toMatchObject({ precision: 'fp32', precisionWhy: { reason: 'self-check' } });
      expect(openedAs.precisionWhy?.detail).toContain(
        Number.isNaN(halfError) ? 'NaN' : 'differs by 0.2',
      );
      expect(openedAs.difference).toBeLessThan(1e-5);
    },
  );

  test('asked for, is float16 on a CPU too, even where it differs, with the difference', async () => {
    const { openedAs } = await openOn({ backend: 'wasm', halfError: 0.2 }, { precision: 'fp16' });
    expect(openedAs).toMatchObject({ precision: 'fp16', precisionWhy: { reason: 'asked' } });
    expect(openedAs.difference).toBeCloseTo(0.2, 4);
  });

  test('asked for, falls back where the answer is no number', async () => {
    const { openedAs } = await openOn({ halfError: Number.NaN }, { precision: 'fp16' });
    expect(openedAs).toMatchObject({ precision: 'fp32', precisionWhy: { reason: 'self-check' } });
  });

  test('is float32 for a graph that cannot be rewritten, and says why', async () => {
    const source = Uint8Array.of(1);
    const { runtime, opened } = fakeRuntime({ source });
    const { openedAs } = await openDenoiser(runtime, manifest, source, options);
    expect(opened).toEqual(['fp32']);
    expect(openedAs).toMatchObject({ precision: 'fp32', precisionWhy: { reason: 'unsuited' } });
    expect(openedAs.precisionWhy?.detail).toContain('An ONNX file must');
  });

  test('a device that is wrong in float32 is not used', async () => {
    await expect(openOn({ half: false, fullError: 0.05 })).rejects.toThrow(
      'in fp32 must agree with its reference within 0.002, it differs by 0.05',
    );
  });
});

describe('the batches', () => {
  const MIB = 2 ** 20;

  test('are as large as the buffers of the adapter allow', async () => {
    const limits = { maxBufferSize: 1 * MIB, maxStorageBufferBindingSize: 9000 };
    const { openedAs } = await openOn({ limits });
    expect(openedAs).toMatchObject({ maxBatch: 1, batchWhy: { reason: 'limits' } });
  });

  test('take at most a second, measured once the shaders are compiled', async () => {
    const slow = await openOn({ rowMs: [900, 300] });
    expect(slow.openedAs).toMatchObject({ maxBatch: 2, batchWhy: { reason: 'time' } });
    const slowToCompile = await openOn({ rowMs: [900, 5] });
    expect(slowToCompile.openedAs.maxBatch).toBe(16);
    expect(slowToCompile.openedAs.batchWhy).toBeUndefined();
    expect(slowToCompile.batches).toEqual([2, 2]);
    // A quick first run need not be repeated.
    expect((await openOn({})).batches).toEqual([2]);
  });

  test('a device that may be slow is not asked for all rows at first', async () => {
    const large = { ...manifest, flopsPerForward: 5e9 } as DenoiserManifest;
    expect((await openOn({ speed: 'software' }, { rows: 16 }, large)).batches).toEqual([1]);
    expect((await openOn({ speed: 'gpu' }, { rows: 16 }, large)).batches).toEqual([16]);
  });

  test('shrink until they fit in memory, and say so', async () => {
    const { openedAs, network, smaller } = await openOn({ fits: 4 }, { rows: 16 });
    expect(openedAs).toMatchObject({
      maxBatch: 4,
      batchWhy: { reason: 'memory', detail: 'no memory' },
    });
    expect(network.maxBatch).toBe(4);
    expect(smaller).toEqual([{ failed: 16, maxBatch: 4, detail: 'no memory' }]);
  });

  test('are smaller than the one that lost the device', async () => {
    const { openedAs } = await openOn({}, { lostAt: 8, rows: 16 });
    expect(openedAs).toMatchObject({ maxBatch: 4, batchWhy: { reason: 'memory' } });
  });

  test('are those asked for, however slow', async () => {
    const { openedAs } = await openOn({ rowMs: [5000, 5000] }, { maxBatch: 2, rows: 16 });
    expect(openedAs).toMatchObject({ maxBatch: 2, batchWhy: { reason: 'asked' } });
  });
});
