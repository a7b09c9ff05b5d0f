import { describe, expect, test } from 'vitest';
import { arrayFields } from '../fields';
import { checkedFields } from '../testing/checked-fields';
import { checkThreshold, type Threshold, thresholded } from './threshold';

// The first sample leaves [-1, 1], the second does not.
const ESTIMATE = [2, -3, 0.5, 0, 1, 0.2, -0.9, 0.4, -0.1, 0.3];

async function applied(threshold: Threshold) {
  const fields = checkedFields(arrayFields({ seeds: [1, 2], sampleSize: 5 }));
  const denoised = fields.empty();
  denoised.data.set(ESTIMATE);
  const result = await thresholded(fields, threshold, denoised);
  expect(result).not.toBe(denoised);
  expect(fields.liveCount()).toBe(2);
  expect(denoised.data).toEqual(Float32Array.from(ESTIMATE));
  return [...result.data];
}

test('static clamps to ±1', async () => {
  const wanted = ESTIMATE.map((value) => Math.max(-1, Math.min(1, value)));
  expect(await applied({ kind: 'static' })).toEqual([...Float32Array.from(wanted)]);
});

describe('dynamic', () => {
  // |x̂0| sorted: 0, 0.5, 1, 2, 3.
  test.each([
    [100, 3],
    [75, 2],
    [87.5, 2.5],
    [50, 1],
  ])('percentile %d of the first sample is %d', async (percentile, t) => {
    const wanted = ESTIMATE.slice(0, 5).map((value) => Math.max(-t, Math.min(t, value)) / t);
    const result = await applied({ kind: 'dynamic', percentile });
    wanted.forEach((value, i) => {
      expect(result[i]).toBeCloseTo(value, 6);
    });
  });

  test('leaves a sample within [-1, 1] as it is', async () => {
    const result = await applied({ kind: 'dynamic', percentile: 100 });
    expect(result.slice(5)).toEqual([...Float32Array.from(ESTIMATE.slice(5))]);
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'one number that is %d loses its sample and no other',
  async (value) => {
    const fields = arrayFields({ seeds: [1, 2], sampleSize: 2 });
    const field = fields.empty();
    field.data.set([value, 0.5, 3, -6]);
    const made = await thresholded(fields, { kind: 'dynamic', percentile: 100 }, field);
    expect(made.data[0]).toBeNaN();
    expect([...made.data.subarray(2)]).toEqual([0.5, -1]);
  },
);

test('checkThreshold says what does not fit', () => {
  expect(() => checkThreshold({ kind: 'static' })).not.toThrow();
  expect(() => checkThreshold({ kind: 'dynamic', percentile: 99.5 })).not.toThrow();
  for (const percentile of [49, 100.1, Number.NaN]) {
    expect(() => checkThreshold({ kind: 'dynamic', percentile })).toThrow(
      `"percentile" must be within [50, 100], got ${percentile}`,
    );
  }
  const odd = { kind: 'soft' } as unknown as Threshold;
  expect(() => checkThreshold(odd)).toThrow('must be static or dynamic, got "soft"');
});
