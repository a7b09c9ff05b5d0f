import { describe, expect, test } from 'vitest';
import {
  batchAssumed,
  batchInTime,
  batchPlan,
  batchUpTo,
  batchWithinLimits,
  largestTensorBytes,
  type NetworkSize,
} from './batches';
import { BATCH_SIZES } from './protocol';

const MIB = 2 ** 20;
const letters: NetworkSize = { shape: [1, 28, 28], flopsPerForward: 2.42e8 };
const imagenet: NetworkSize = { shape: [3, 64, 64], flopsPerForward: 5e9 };
const large: NetworkSize = { shape: [3, 256, 256], flopsPerForward: 2e12 };
const limits = (mib: number, buffer = mib) => ({
  maxStorageBufferBindingSize: mib * MIB,
  maxBufferSize: buffer * MIB,
});

describe('batches from an adapter', () => {
  test('its buffers hold every tensor of a batch', () => {
    // WebGPU guarantees bindings of 128 MiB and buffers of 256 MiB.
    const guaranteed = limits(128, 256);
    expect(batchWithinLimits(guaranteed, letters)).toBe(16);
    expect(batchWithinLimits(guaranteed, imagenet)).toBe(8);
    expect(batchWithinLimits(guaranteed, large)).toBe(1);
    expect(batchWithinLimits(limits(2048), imagenet)).toBe(16);
    expect(batchWithinLimits(limits(2048), large)).toBe(2);
    // The smaller of the two counts.
    expect(batchWithinLimits(limits(1024, 20), imagenet)).toBe(2);
    expect(batchWithinLimits(limits(20, 1024), imagenet)).toBe(2);
    expect(batchWithinLimits(limits(0.001), letters)).toBe(1);
  });

  test('the bound on a tensor holds for the convolutions that cost most', () => {
    for (const [channels, side] of [
      [32, 64],
      [256, 32],
      [4, 256],
    ] as const) {
      const pixels = side ** 2;
      const size = {
        shape: [3, side, side] as const,
        flopsPerForward: 18 * channels ** 2 * pixels,
      };
      expect(largestTensorBytes(size)).toBeGreaterThanOrEqual(4 * channels * pixels);
    }
    // Pictures in and out are tensors too.
    expect(largestTensorBytes({ shape: [3, 100, 100], flopsPerForward: 1 })).toBe(120_000);
  });

  test('the first run is chosen by what such a device does at least', () => {
    expect(batchAssumed('gpu', letters)).toBe(16);
    expect(batchAssumed('gpu', imagenet)).toBe(16);
    expect(batchAssumed('gpu', large)).toBe(1);
    expect(batchAssumed('wasm', letters)).toBe(16);
    expect(batchAssumed('wasm', imagenet)).toBe(2);
    expect(batchAssumed('software', letters)).toBe(1);
  });

  test('a network that does not tell its cost is taken for a usual one', () => {
    const own = { shape: [3, 64, 64] as const };
    expect(batchWithinLimits(limits(128), own)).toBe(16);
    expect(batchAssumed('gpu', own)).toBe(16);
    expect(batchAssumed('wasm', own)).toBe(2);
    expect(batchAssumed('software', own)).toBe(1);
  });

  test('a measured run tells how many rows a second takes', () => {
    expect(batchInTime(10, 2)).toBe(16);
    expect(batchInTime(1000, 8)).toBe(8);
    expect(batchInTime(1001, 8)).toBe(4);
    expect(batchInTime(30_000, 1)).toBe(1);
    expect(batchInTime(0, 1)).toBe(16);
  });

  test('sizes are those that sessions are made for', () => {
    for (let most = 0; most < 40; most++) {
      expect(BATCH_SIZES).toContain(batchUpTo(most));
      expect(batchUpTo(most)).toBeLessThanOrEqual(Math.max(1, most));
    }
  });
});

describe('batchPlan', () => {
  test.each(BATCH_SIZES)('covers every number of rows, at most %i at once', (maxBatch) => {
    for (let rows = 0; rows <= 128; rows++) {
      const plan = batchPlan(rows, maxBatch);
      const total = plan.reduce((a, b) => a + b, 0);
      expect(
        plan.every((batch) => BATCH_SIZES.some((size) => size === batch) && batch <= maxBatch),
      ).toBe(true);
      expect(total).toBeGreaterThanOrEqual(rows);
      // Only the last run may be padded, and then it is three quarters full.
      const last = plan.at(-1) ?? 0;
      const inLast = rows - (total - last);
      expect(inLast).toBeGreaterThanOrEqual(0.75 * last);
    }
  });

  test('prefers few, full batches', () => {
    expect(batchPlan(32, 16)).toEqual([16, 16]);
    expect(batchPlan(6, 16)).toEqual([8]);
    expect(batchPlan(5, 16)).toEqual([4, 1]);
    expect(batchPlan(12, 16)).toEqual([16]);
    expect(batchPlan(11, 16)).toEqual([8, 4]);
    expect(batchPlan(3, 1)).toEqual([1, 1, 1]);
  });
});
