import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gaussian } from '../random';
import { addToMoments, emptyMoments, gaussianOf } from './frechet';
import { type FeatureReference, measurePoint } from './point';

/** Features of real pictures, [count][features], as a reference. */
function referenceOf(rows: readonly ArrayLike<number>[]): FeatureReference {
  const moments = emptyMoments(rows[0]!.length);
  for (const row of rows) addToMoments(moments, row);
  return {
    ...gaussianOf(moments),
    features: Float32Array.from(rows.flatMap((row) => Array.from(row))),
  };
}

/** Written by training/metrics_fixture.py, with evaluate.py's functions and NumPy. */
const stored = JSON.parse(
  readFileSync(new URL('../../../e2e/fixtures/metrics.json', import.meta.url), 'utf8'),
) as {
  logits: number[][];
  features: number[][];
  labels: number[];
  real: number[][];
  figures: Record<string, { value: number; spread: number }>;
};
const size = { numClasses: 4, numFeatures: 6 };
const logits = Float32Array.from(stored.logits.flat());
const features = Float32Array.from(stored.features.flat());

test('every figure and spread is that of evaluate.py and NumPy, to 1e-6', () => {
  const point = measurePoint(size, referenceOf(stored.real));
  point.add(logits, features, stored.labels);
  const { samples, leftOut, ...figures } = point.figures();
  expect([samples, leftOut]).toEqual([60, undefined]);
  expect(Object.keys(figures).sort()).toEqual(Object.keys(stored.figures).sort());
  for (const [name, expected] of Object.entries(stored.figures)) {
    const figure = figures[name as keyof typeof figures]!;
    expect(Math.abs(figure.value / expected.value - 1), name).toBeLessThan(1e-6);
    expect(Math.abs(figure.spread! / expected.spread - 1), name).toBeLessThan(1e-6);
  }
});

test('figures do not depend on the batches in which samples arrive, nor on being read between', () => {
  const whole = measurePoint(size, referenceOf(stored.real));
  whole.add(logits, features, stored.labels);
  const parts = measurePoint(size, referenceOf(stored.real));
  let first = 0;
  for (const count of [1, 9, 30, 20]) {
    const end = first + count;
    parts.add(
      logits.subarray(4 * first, 4 * end),
      features.subarray(6 * first, 6 * end),
      stored.labels.slice(first, end),
    );
    expect(parts.figures().samples).toBe(end);
    first = end;
  }
  expect(parts.figures()).toEqual(whole.figures());
});

test('a figure that there is too little for is undefined', () => {
  const empty = measurePoint(size, referenceOf(stored.real));
  expect(empty.figures()).toEqual({
    samples: 0,
    classAccuracy: undefined,
    classifierScore: undefined,
    frechetDistance: undefined,
    kernelDistance: undefined,
    precision: undefined,
    recall: undefined,
    density: undefined,
    coverage: undefined,
    diversity: undefined,
  });
  empty.add(logits.subarray(0, 6 * 4), features.subarray(0, 6 * 6), stored.labels.slice(0, 6));
  expect(empty.figures().frechetDistance).toBeUndefined(); // 6 samples, 6 features
  expect(empty.figures().classAccuracy).toBeDefined();
  empty.add(logits.subarray(24, 28), features.subarray(36, 42), [stored.labels[6]!]);
  expect(empty.figures().frechetDistance?.value).toBeGreaterThan(0);
  expect(empty.figures().frechetDistance?.spread).toBeUndefined(); // 6 without a group

  const alone = measurePoint(size);
  alone.add(logits, features, new Array<number>(60).fill(4)); // asked for no class
  const { classAccuracy, frechetDistance, precision, recall, diversity } = alone.figures();
  expect([classAccuracy, frechetDistance, precision, recall]).toEqual(new Array(4).fill(undefined));
  expect(diversity?.value).toBeGreaterThan(0);
});

test('a class that is mixed into every label counts as asked for', () => {
  const accuracy = (mixed?: number) => {
    const point = measurePoint({ ...size, mixed });
    point.add(Float32Array.of(0, 9, 0, 0, 0, 0, 9, 0), new Float32Array(12), [0, 0]);
    return point.figures().classAccuracy?.value;
  };
  expect([accuracy(), accuracy(1), accuracy(3)]).toEqual([0, 0.5, 0]);
});

test('of samples that prompts asked for there is an alignment, and no class accuracy', () => {
  const point = measurePoint(size, referenceOf(stored.real));
  // The first was asked for nothing, the second diverged.
  const fits = [...gaussian(1, 0, 60)].map((fit, i) => (i === 0 ? Number.NaN : fit));
  const diverged = features.slice();
  diverged[6] = Number.NaN;
  point.add(logits, diverged, stored.labels, fits);
  const { alignment, classAccuracy, frechetDistance } = point.figures();
  const known = fits.slice(2);
  expect(alignment!.value).toBeCloseTo(known.reduce((a, b) => a + b) / known.length, 12);
  // Of independent samples the jackknife's spread is the standard error, about.
  const deviation = Math.sqrt(
    known.reduce((sum, fit) => sum + (fit - alignment!.value) ** 2, 0) / (known.length - 1),
  );
  const told = alignment!.spread! / (deviation / Math.sqrt(known.length));
  expect(told).toBeGreaterThan(0.5);
  expect(told).toBeLessThan(2);
  expect(classAccuracy).toBeUndefined();
  expect(frechetDistance?.value).toBeGreaterThan(0);
  const classes = measurePoint(size);
  classes.add(logits, features, stored.labels);
  expect('alignment' in classes.figures()).toBe(false);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'a sample that diverged (%d) is no hit, is counted, and every other figure leaves it out',
  (value) => {
    const point = measurePoint(size, referenceOf(stored.real));
    point.add(new Float32Array(4).fill(value), new Float32Array(6).fill(value), [0]);
    point.add(logits, features, stored.labels);
    const { samples, leftOut, ...measured } = point.figures();
    const { figures } = stored;
    expect([samples, leftOut]).toEqual([61, 1]);
    expect(measured.classAccuracy?.value).toBeCloseTo((figures.classAccuracy!.value * 60) / 61, 12);
    expect(measured.precision?.value).toBeCloseTo((figures.precision!.value * 60) / 61, 12);
    for (const id of ['classifierScore', 'frechetDistance', 'recall', 'diversity'] as const) {
      expect(measured[id]?.value, id).toBeCloseTo(figures[id]!.value, 6);
    }
  },
);

test('the spread is how far a repetition with other seeds scatters', () => {
  const draw = (seed: number, count: number) =>
    Array.from({ length: count }, (_, i) => gaussian(seed, i, 4).map((value) => 0.8 * value + 0.2));
  const reference = referenceOf(draw(1, 400).map((row) => row.map((value) => value / 0.8)));
  const all = Array.from({ length: 40 }, (_, repetition) => {
    const point = measurePoint({ numClasses: 2, numFeatures: 4 }, reference);
    const rows = draw(100 + repetition, 150);
    const labels = rows.map((_, i) => i % 2);
    const judged = rows.map((row, i) => [row[0]! + (1 - (i % 2)), row[1]! + (i % 2)]);
    point.add(
      Float32Array.from(judged.flat()),
      Float32Array.from(rows.flatMap((row) => Array.from(row))),
      labels,
    );
    return point.figures();
  });
  for (const name of [
    'classAccuracy',
    'classifierScore',
    'frechetDistance',
    'precision',
    'recall',
    'diversity',
  ] as const) {
    const values = all.map((figures) => figures[name]!.value);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const scatter = Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
    );
    const told = all.reduce((sum, figures) => sum + figures[name]!.spread!, 0) / all.length;
    expect(told / scatter, name).toBeGreaterThan(0.6);
    // Balls of nearest neighbours are not smooth in the samples: there it errs on the wide side.
    expect(told / scatter, name).toBeLessThan(name === 'recall' ? 2.2 : 1.5);
  }
});

test('refuses what does not fit', () => {
  expect(() => measurePoint({ numClasses: 4, numFeatures: 5 }, referenceOf(stored.real))).toThrow(
    'reference must have 5 features, got 6',
  );
  expect(() => measurePoint(size).add(logits, features, [0, 1])).toThrow(
    '2 × 4 logits and 2 × 6 features, got 240 and 360',
  );
});
