import { expect, test } from 'vitest';
import { dealer, deleteOneSpread, jackknifed, NUM_GROUPS, shareSpread } from './spread';
import { opinionFrom } from './verdicts';

test('every class is dealt evenly over the groups', () => {
  const groupOf = dealer();
  const counts = new Map<string, number>();
  const sizes = new Array<number>(NUM_GROUPS).fill(0);
  for (let i = 0; i < 26 * 20; i++) {
    const group = groupOf(i % 26);
    counts.set(`${i % 26} ${group}`, (counts.get(`${i % 26} ${group}`) ?? 0) + 1);
    sizes[group]!++;
  }
  expect([...counts.values()]).toEqual(new Array(260).fill(2));
  expect(sizes).toEqual(new Array(NUM_GROUPS).fill(52));
});

test('the spread of a mean is its standard error, over groups of equal size', () => {
  const values = Array.from({ length: 200 }, (_, i) => Math.sin(12.9898 * (i + 1)));
  const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b) / numbers.length;
  const means = Array.from({ length: NUM_GROUPS }, (_, g) =>
    mean(values.filter((_, i) => i % NUM_GROUPS === g)),
  );
  const deviation = Math.sqrt(
    means.reduce((sum, value) => sum + (value - mean(means)) ** 2, 0) / (NUM_GROUPS - 1),
  );
  const figure = jackknifed((without) => mean(values.filter((_, i) => i % NUM_GROUPS !== without)));
  expect(figure?.value).toBeCloseTo(mean(values), 12);
  expect(figure?.spread).toBeCloseTo(deviation / Math.sqrt(NUM_GROUPS), 12);
});

test('no value, no figure; no value without a group, no spread', () => {
  expect(jackknifed(() => undefined)).toBeUndefined();
  expect(jackknifed((without) => (without === 3 ? undefined : 5))).toEqual({
    value: 5,
    spread: undefined,
  });
});

test('the spread of a share is that of many repeats, and not 0 where all samples count', () => {
  // Wilson's interval at one standard deviation: its ends are where the share lies one away.
  const deviation = (p: number, n: number) => Math.sqrt((p * (1 - p)) / n);
  for (const [share, n] of [
    [0.5, 16],
    [0.75, 4],
    [1, 16],
  ] as const) {
    const spread = shareSpread(share, n);
    const middle = (share + 1 / (2 * n)) / (1 + 1 / n);
    for (const end of [middle - spread, middle + spread]) {
      expect(Math.abs(share - end)).toBeCloseTo(deviation(end, n), 12);
    }
  }
  expect(shareSpread(1, 16)).toBeGreaterThan(0.02);
  expect(shareSpread(0.5, 10_000)).toBeCloseTo(0.005, 6);
});

test('the spread of a mean of few samples is its standard error', () => {
  const values = [3, 1, 4, 1, 5];
  const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b) / numbers.length;
  const spread = deleteOneSpread([0, 1, 2, 3, 4], (without) =>
    mean(values.filter((_, k) => k !== without)),
  );
  const variance = values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / 4;
  expect(spread).toBeCloseTo(Math.sqrt(variance / 5), 12);
  expect(deleteOneSpread([0], () => 1)).toBeUndefined();
  expect(deleteOneSpread([0, 1], (k) => (k ? 1 : undefined))).toBeUndefined();
});

test('the diversity of a column comes with a spread; of two samples with none', () => {
  const logits = Float32Array.from(Array.from({ length: 8 }, () => [1, 0]).flat());
  const features = Float32Array.from([0, 3, 1, 7, 2, 2, 9, 4]);
  const { diversity, spread } = opinionFrom(logits, features, Array(8).fill(0));
  expect(spread!.diversity).toBeGreaterThan(0);
  expect(spread!.diversity).toBeLessThan(diversity!);
  const two = opinionFrom(logits.subarray(0, 4), features.subarray(0, 2), [0, 0]);
  expect([two.diversity, two.spread!.diversity]).toEqual([3, undefined]);
});
