import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_RUN } from '../diffusion/run';
import { samplerRegistry } from '../diffusion/samplers';
import type { DenoiserManifest } from '../networks/manifest';
import type { Network } from './network';
import type { SampleSettings } from './protocol';
import { runSampler } from './run';
import { Steering } from './steering';

const never = new AbortController().signal;

describe('the scale of a step', () => {
  test('is the one set last before the step began', async () => {
    const steering = new Steering(5, 3, 0);
    steering.to(2); // the run has not begun: all steps
    steering.begin();
    steering.to(4); // during step 0
    await steering.stepDone(0, never);
    steering.to(5); // during step 1
    steering.to(6);
    await steering.stepDone(1, never);
    await steering.stepDone(2, never);
    expect([...steering.scales]).toEqual([2, 4, 6, 6, 6]);
    await steering.stepDone(3, never);
    steering.to(9); // during the last
    await steering.stepDone(4, never);
    expect([...steering.scales]).toEqual([2, 4, 6, 6, 6]);
  });

  test('can be set while the step before is waited out', async () => {
    const steering = new Steering(3, 1, 20);
    steering.begin();
    const due = steering.stepDone(0, never);
    steering.to(7);
    await due;
    expect([...steering.scales]).toEqual([1, 7, 7]);
  });

  test('replaces the curve of the settings, and nothing else', () => {
    const wanted = { ...settings, interval: [1, 9], shape: 'rising' } as const;
    const steering = new Steering(2, 3, 0);
    const steered = steering.settings(wanted);
    expect(steered).toEqual({ ...wanted, curve: steering.scales });
    expect(steered.curve).toBe(steering.scales);
  });
});

describe('the pace', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** What has come of a promise after some time. */
  async function doneIn(ms: number, promise: Promise<void>): Promise<boolean> {
    let done = false;
    void promise.then(() => {
      done = true;
    });
    await vi.advanceTimersByTimeAsync(ms);
    return done;
  }

  test('is from the start of a step to the start of the next', async () => {
    const steering = new Steering(3, 1, 100);
    steering.begin();
    await vi.advanceTimersByTimeAsync(30); // the step itself
    const first = steering.stepDone(0, never);
    expect(await doneIn(69, first)).toBe(false);
    expect(await doneIn(1, first)).toBe(true);
    await vi.advanceTimersByTimeAsync(250); // a step that takes longer than it may
    expect(await doneIn(0, steering.stepDone(1, never))).toBe(true);
    expect(await doneIn(0, steering.stepDone(2, never)), 'the last waits for nothing').toBe(true);
    expect(steering.waitedMs).toBe(70);
  });

  test('ends with the signal, at once', async () => {
    const abort = new AbortController();
    const steering = new Steering(3, 1, 10_000);
    steering.begin();
    const waiting = steering.stepDone(0, abort.signal);
    expect(await doneIn(1, waiting)).toBe(false);
    abort.abort();
    expect(await doneIn(0, waiting)).toBe(true);
    expect(await doneIn(0, steering.stepDone(1, abort.signal))).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test.each([-1, Number.NaN, Infinity])('refuses a pace of %d ms', (stepMs) => {
  expect(() => new Steering(2, 1, stepMs)).toThrow(RangeError);
});

const manifest = {
  shape: [1, 2, 2],
  classes: ['A', 'B'],
  sigma: { min: 0.002, max: 80 },
} as unknown as DenoiserManifest;

/** D = (x/sigma² + mean)/(1/sigma² + 1): Gaussian data about a mean of its own for A, B and no class. */
const network: Network = {
  async run({ x, sigma, label }, rows) {
    const size = x!.data.length / rows;
    return {
      denoised: x!.data.map((value, i) => {
        const row = Math.floor(i / size);
        const [a = 0, b = 0] = label!.data.subarray(3 * row, 3 * row + 2);
        const precision = 1 / sigma!.data[row]! ** 2;
        return (value * precision + 0.7 * a - 0.4 * b) / (precision + 1);
      }),
    };
  },
  busyMs: 0,
  release: async () => {},
};

const settings: SampleSettings = {
  ...DEFAULT_RUN,
  seeds: [7, 8],
  labels: [0, 1],
  numSteps: 8,
  sampler: 'ddim',
  guidanceScale: 3,
};

describe('a steered run replayed from its scales', () => {
  test.each(samplerRegistry)('has the same pixels, bit for bit: $id', async ({ id }) => {
    const wanted = { ...settings, sampler: id };
    const steering = new Steering(8, 3, 0);
    steering.begin();
    const steered = await runSampler(
      { network, manifest },
      steering.settings(wanted),
      async ({ step }) => {
        if (step === 1) steering.to(8);
        if (step === 4) steering.to(0.25);
        await steering.stepDone(step, never);
      },
      () => false,
    );
    expect([...steering.scales]).toEqual([3, 3, 8, 8, 8, 0.25, 0.25, 0.25]);

    const run = (curve: readonly number[] | null) =>
      runSampler(
        { network, manifest },
        { ...wanted, curve },
        () => {},
        () => false,
      );
    expect((await run([...steering.scales])).samples).toEqual(steered.samples);
    expect((await run(null)).samples).not.toEqual(steered.samples);
  });
});
