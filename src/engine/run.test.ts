import { describe, expect, test } from 'vitest';
import { asShown } from '../diffusion/metrics/verdicts';
import { DEFAULT_RUN } from '../diffusion/run';
import type { DenoiserManifest } from '../networks/manifest';
import { Aborted, type Network } from './network';
import { crossOut, toBytes } from './pixels';
import type { Frame, SampleSettings } from './protocol';
import { runSampler } from './run';

const manifest = {
  shape: [1, 2, 2],
  classes: ['A', 'B'],
  sigma: { min: 0.002, max: 80 },
} as unknown as DenoiserManifest;

/** D(x; sigma, label): a constant picture, 0.5 for A, -0.5 for B, 0 for none. Notes what it was asked. */
function constantNetwork() {
  const asked: { rows: number; labels: number[][]; sigmas: number[] }[] = [];
  const network: Network = {
    async run({ x, sigma, label }, rows) {
      const labels = Array.from({ length: rows }, (_, i) => [
        ...label!.data.subarray(3 * i, 3 * i + 3),
      ]);
      asked.push({ rows, labels, sigmas: [...sigma!.data] });
      const value = labels.flatMap(([a, b]) => Array<number>(4).fill((a! - b!) / 2));
      expect(x!.data).toHaveLength(4 * rows);
      return { denoised: Float32Array.from(value) };
    },
    busyMs: 0,
    release: async () => {},
  };
  return { network, asked };
}

const settings: SampleSettings = {
  ...DEFAULT_RUN,
  seeds: [7, 8],
  labels: [0, 1],
  numSteps: 3,
  sampler: 'ddim',
  guidanceScale: 3,
};

async function sample(changes: Partial<SampleSettings> = {}, stop = () => false) {
  const { network, asked } = constantNetwork();
  const frames: Frame[] = [];
  const run = runSampler(
    { network, manifest },
    { ...settings, ...changes },
    (f) => frames.push(f),
    stop,
  );
  return { ...(await run), frames, asked };
}

describe('a run', () => {
  test('names the sample that it lost, crosses it out, and leaves the others as they are', async () => {
    const { network } = constantNetwork();
    const broken: typeof network = {
      ...network,
      async run(inputs, rows, stop) {
        const { denoised } = await network.run(inputs, rows, stop);
        // The second sample's row in both of the stacked predictions.
        for (const row of [1, 3]) denoised![4 * row + 2] = Number.NaN;
        return { denoised: denoised! };
      },
    };
    const threshold = { kind: 'dynamic', percentile: 100 } as const;
    const wanted = { ...settings, threshold };
    const run = async (of: typeof network) => {
      const frames: Frame[] = [];
      const networks = { network: of, manifest };
      const run = await runSampler(
        networks,
        wanted,
        (frame) => frames.push(frame),
        () => false,
      );
      return { ...run, frames };
    };
    const [lost, whole] = [await run(broken), await run(network)];
    expect(lost.figures.lost).toEqual([{ sample: 1, stage: 0, step: 0, by: 'cond' }]);
    expect([...lost.samples.subarray(4)]).toEqual(Array(4).fill(Number.NaN));
    const cross = new Uint8Array(8);
    crossOut(cross, 1, [1, 2, 2]);
    const second = (bytes: Uint8Array) => bytes.subarray(4);
    expect(second(lost.frames[0]!.x), 'the noise was whole').toEqual(second(whole.frames[0]!.x));
    for (const bytes of [
      ...lost.frames.map(({ denoised }) => denoised),
      ...[lost.frames[1]!.x, lost.frame.x, lost.frame.denoised],
    ]) {
      expect(second(bytes)).toEqual(second(cross));
    }
    expect(lost.samples.subarray(0, 4)).toEqual(whole.samples.subarray(0, 4));
    expect(whole.figures).not.toHaveProperty('lost');
  });

  test('ends at the guided estimate, u + s (c - u)', async () => {
    const { samples } = await sample();
    const expected = [1.5, 1.5, 1.5, 1.5, -1.5, -1.5, -1.5, -1.5];
    expected.forEach((value, i) => {
      expect(samples[i]).toBeCloseTo(value, 5);
    });
  });

  test('evaluates both predictions in one batch, the null label in the last column', async () => {
    const { asked, figures } = await sample();
    expect(asked.map(({ rows }) => rows)).toEqual([4, 4, 4]);
    expect(asked[0]?.labels.toSorted()).toEqual(
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 1],
      ].toSorted(),
    );
    expect(asked[0]?.sigmas).toEqual([80, 80, 80, 80]);
    expect(figures.nfe).toBe(6);
  });

  test('does not evaluate what its rule does not need', async () => {
    expect((await sample({ guidanceScale: 1 })).asked.map((a) => a.rows)).toEqual([2, 2, 2]);
    const outside = await sample({ interval: [1, 90] });
    expect(outside.asked.map((a) => a.rows)).toEqual([4, 4, 2]);
    expect(outside.figures.nfe).toBe(5);
  });

  test('shows a frame for each step, and the finished sample as the last', async () => {
    const { frames, frame, samples } = await sample();
    expect(frames.map(({ step, sigma }) => [step, sigma > 0])).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
    expect(frame).toMatchObject({ step: 3, sigma: 0 });
    expect(frame.x).toEqual(toBytes(samples));
    expect(frame.denoised).toEqual(frame.x);
    expect(frame.denoised.buffer, 'buffers are transferred').not.toBe(frame.x.buffer);
    expect(new Set(frames[0]?.x).size, 'noise first').toBeGreaterThan(2);
  });

  test('stops when it is asked to', async () => {
    let frames = 0;
    const { network } = constantNetwork();
    const run = runSampler(
      { network, manifest },
      settings,
      () => frames++,
      () => frames === 2,
    );
    await expect(run).rejects.toBeInstanceOf(Aborted);
    expect(frames).toBe(2);
  });

  test.each([
    [{ labels: [0] }, /needs one for each of 2 seeds, got 1/],
    [{ labels: [0, 3] }, /got 3/],
    [{ labels: [0, -1] }, /got -1/],
    [{ labels: [0, 0.5] }, /got 0.5/],
    [{ sampler: 'euler' }, /got "euler"/],
    [{ numSteps: 0 }, /got 0/],
  ])('refuses %o', async (changes, message) => {
    await expect(sample(changes)).rejects.toThrow(message);
    await expect(sample(changes)).rejects.toThrow(RangeError);
  });
});

describe('pixels', () => {
  test('[-1, 1] is 0 … 255, what lies outside is clipped', () => {
    const numbers = Float32Array.of(-2, -1, -0.999, 0, 0.5, 1, 7, Number.NaN);
    expect([...toBytes(numbers)]).toEqual([0, 0, 0, 128, 191, 255, 255, 0]);
    expect([...toBytes(Float32Array.of(4, -4), 0.125)]).toEqual([191, 64]);
  });

  test('a cross is on the two diagonals of its own picture alone, in every channel', () => {
    const bytes = new Uint8Array(2 * 3 * 24 * 24).fill(7);
    crossOut(bytes, 1, [3, 24, 24]);
    const size = 3 * 24 * 24;
    expect(new Set(bytes.subarray(0, size))).toEqual(new Set([7]));
    for (const channel of [0, 1, 2]) {
      const at = (y: number, x: number) => bytes[size + (channel * 24 + y) * 24 + x];
      for (const k of [0, 5, 12, 23]) expect([at(k, k), at(k, 23 - k)]).toEqual([176, 176]);
      for (const k of [8, 12, 16]) expect([at(0, k), at(k, 0), at(23, k)]).toEqual([64, 64, 64]);
    }
  });

  test('every byte stands for a number that is shown as that byte', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const numbers = Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
    expect(toBytes(numbers)).toEqual(bytes);
    expect(asShown(numbers)).toEqual(numbers);
    expect([...asShown(Float32Array.of(3, -3))]).toEqual([1, -1]);
  });
});
