import { expect, test } from 'vitest';
import type { StageManifest } from '../networks/manifest';
import { DEFAULT_COLUMN, DEFAULT_STAGE } from './column';
import { sampleCost } from './sample-cost';

const stage: StageManifest = {
  network: 'larger',
  shape: [3, 32, 32],
  sigma: { min: 0.002, max: 20 },
  flopsPerForward: 10,
  guidanceScale: 2,
  numSteps: 8,
  sampler: 'ddim',
  augmentation: 0.1,
};
const ddim = { ...DEFAULT_COLUMN, sampler: 'ddim', numSteps: 4 };

test('evaluations of every prediction, each as costly as its network', () => {
  expect(sampleCost({ ...ddim, guidanceScale: 1 }, {})).toBe(4);
  expect(sampleCost({ ...ddim, guidanceScale: 3 }, { flopsPerForward: 5 })).toBe(4 * 2 * 5);
  expect(sampleCost({ ...ddim, guidanceScale: 3, sampler: 'heun' }, {})).toBe(7 * 2);
  expect(sampleCost({ ...ddim, guidance: 'unconditional' }, {})).toBe(4);
});

test('the stages that are drawn, as they are asked for', () => {
  const cascade = { flopsPerForward: 1, stages: [stage, { ...stage, flopsPerForward: 100 }] };
  const of = (changes: object) => sampleCost({ ...ddim, guidanceScale: 3, ...changes }, cascade);
  expect(of({})).toBe(8 + 16 * 10 + 16 * 100);
  expect(of({ upTo: 2 })).toBe(8 + 16 * 10);
  const fewer = { ...DEFAULT_STAGE, numSteps: 2, guidanceScale: 1 };
  expect(of({ upTo: 2, stages: [fewer] })).toBe(8 + 2 * 10);
});
