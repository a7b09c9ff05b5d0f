import { expect, test } from 'vitest';
import { type Batch, firstSamples, readBatch } from './kept';

const batch: Batch = {
  start: 16,
  labels: [3, 4],
  logits: new Float32Array(6),
  features: new Float32Array(4),
  fits: [0.1, Number.NaN],
  pictures: undefined,
};

test('a batch of prompts is read with how well they fit, one of classes without', () => {
  expect(readBatch(batch, 16)).toEqual(batch);
  const { fits: _, ...classes } = batch;
  expect(readBatch(classes, 16)).toEqual(classes);
  expect(readBatch(classes, 16)).not.toHaveProperty('fits');
  for (const fits of [[0.1], [0.1, 'well'], 'well']) {
    expect(readBatch({ ...batch, fits }, 16)).toBeUndefined();
  }
});

test('the first samples of a batch have their own fits', () => {
  const [first] = firstSamples([{ ...batch, start: 0 }], 1);
  expect(first).toMatchObject({ labels: [3], fits: [0.1] });
  expect(first!.logits).toHaveLength(3);
});
