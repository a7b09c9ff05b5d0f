import { expect, test } from 'vitest';
import { dealer, jackknifed, NUM_GROUPS } from './spread';

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
