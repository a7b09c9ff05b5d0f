import { expect, test } from 'vitest';
import { measuredQuality } from './model-quality';

const row = (guidanceScale: number, classAccuracy: number, frechetDistance: number) => ({
  guidanceScale,
  classAccuracy,
  frechetDistance,
});

test('the best scale is the one with the least Fréchet distance', () => {
  const quality = {
    samples: 2600,
    judge: 'letters-features',
    real: { classAccuracy: 0.95 },
    scales: [row(1, 0.84, 2.7), row(1.25, 0.91, 1.7), row(3, 0.98, 11.8), { guidanceScale: 2 }],
  };
  expect(measuredQuality(quality)).toEqual({
    samples: 2600,
    judge: 'letters-features',
    best: row(1.25, 0.91, 1.7),
    realAccuracy: 0.95,
  });
  expect(measuredQuality({ ...quality, real: 'unknown' })?.realAccuracy).toBeUndefined();
});

test('of prompts it is the share of things that are right', () => {
  const quality = {
    samples: 1000,
    judge: 'pictures-judge',
    real: { thing: 0.59 },
    scales: [{ guidanceScale: 3, thing: 0.1, frechetDistance: 200 }],
  };
  expect(measuredQuality(quality)).toMatchObject({
    best: { guidanceScale: 3, classAccuracy: 0.1 },
    realAccuracy: 0.59,
  });
});

test.each([
  undefined,
  {},
  { samples: 10, judge: 'x', scales: [] },
  { samples: 10, judge: 'x', scales: 'many' },
  { samples: 10, judge: 'x', scales: [null, { guidanceScale: 1, classAccuracy: Number.NaN }] },
])('quality in another form is none: %j', (quality) => {
  expect(measuredQuality(quality)).toBeUndefined();
});
