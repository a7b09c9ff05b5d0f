import { describe, expect, test } from 'vitest';
import { lowRows, stageSeeds } from './cascade';
import { arrayFields } from './fields';

const SHAPE = [1, 64, 64] as const;
const SIZE = 64 * 64;

/** A picture of one grey, or beyond it, for each seed. */
function flat(values: readonly number[]) {
  const fields = arrayFields({ seeds: values.map((_, i) => i), sampleSize: SIZE, shape: SHAPE });
  const field = fields.empty();
  values.forEach((value, b) => {
    field.data.fill(value, b * SIZE, (b + 1) * SIZE);
  });
  return field;
}

const lowOf = (values: readonly number[], seeds: readonly number[], augmentation: number) =>
  lowRows(flat(values), { shape: SHAPE, seeds, augmentation });

function momentsOf(data: Float32Array): { mean: number; variance: number } {
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  return { mean, variance: data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length };
}

describe('the picture that a stage enlarges', () => {
  test('without augmentation is the picture itself, within [-1, 1]', () => {
    const { low, augmentation } = lowOf([0.25, 1.5, -3], [1, 2, 3], 0);
    expect([0, SIZE, 2 * SIZE].map((i) => low!.data[i])).toEqual([0.25, 1, -1]);
    expect(low!.dims).toEqual(SHAPE);
    expect([...augmentation!.data]).toEqual([0, 0, 0]);
    expect(augmentation!.dims).toEqual([]);
  });

  test('has as much noise as the level says, in place of so much of the picture', () => {
    const { low, augmentation } = lowOf([0.8], [5], 0.3);
    const { mean, variance } = momentsOf(low!.data);
    expect(mean).toBeCloseTo(0.8 * Math.cos(0.15 * Math.PI), 1);
    expect(variance).toBeCloseTo(Math.sin(0.15 * Math.PI) ** 2, 1);
    expect(augmentation!.data[0]).toBeCloseTo(0.3);
    const noise = lowOf([0.8], [5], 1);
    expect(momentsOf(noise.low!.data).mean).toBeCloseTo(0, 1);
    expect(momentsOf(noise.low!.data).variance).toBeCloseTo(1, 1);
  });

  test('has noise of its own for every seed, the same each time', () => {
    const [a, b] = [lowOf([0, 0], [8, 9], 1), lowOf([0, 0], [8, 9], 1)];
    expect(a.low!.data).toEqual(b.low!.data);
    expect(a.low!.data.slice(0, SIZE)).not.toEqual(a.low!.data.slice(SIZE));
  });

  test.each([-0.1, 1.1, Number.NaN])('is refused at the level %d', (level) => {
    expect(() => lowOf([0], [1], level)).toThrow(
      `augmentation: needs a level within [0, 1], got ${level}`,
    );
  });
});

test('stages of neighbouring seeds share no noise', () => {
  const seeds = [0, 1, 2, 2 ** 32 - 1];
  expect(stageSeeds(seeds, 0)).toEqual(seeds);
  const all = [0, 1, 2].flatMap((stage) => stageSeeds(seeds, stage));
  expect(new Set(all).size).toBe(all.length);
});
