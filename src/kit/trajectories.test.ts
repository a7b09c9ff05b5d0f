import { expect, test } from 'vitest';
import type { Frame } from '../engine/protocol';
import { addFrames, frameAt, newTrajectory, picturesBytes } from './trajectories';

const BYTES = 300;
const frame = (step: number): Frame => ({
  step,
  shape: [1, 10, 10],
  sigma: 100 - step,
  x: new Uint8Array(BYTES / 3).fill(step),
  denoised: new Uint8Array(BYTES / 3).fill(step),
  outside: new Int8Array(BYTES / 3),
});
const stages = (...numSteps: number[]) => {
  let first = 0;
  return numSteps.map((steps) => {
    const stage = { first, numSteps: steps, shape: [1, 10, 10] as const };
    first += steps + 1;
    return stage;
  });
};

test('a run that is too large keeps the pictures of fewer steps, and never more than the budget', () => {
  const run = newTrajectory(stages(50) as never, ['A']);
  const budget = 20 * BYTES;
  for (let step = 0; step <= 50; step++) {
    addFrames(run, [frame(step)], budget);
    expect(picturesBytes(run.frames)).toBeLessThanOrEqual(budget);
    expect(frameAt(run, 1)!.x[0], 'the newest is shown').toBe(step);
  }
  run.finished = true;
  expect(run.keptEvery).toBe(4);
  expect(run.frames).toHaveLength(51);
  // Every frame says its own step, with the pictures of the last one that was kept.
  expect(run.frames.map(({ step }) => step)).toEqual(Array.from({ length: 51 }, (_, k) => k));
  const shown = run.frames.map(({ x }) => x[0]);
  expect(shown.slice(0, 9)).toEqual([0, 0, 0, 0, 4, 4, 4, 4, 8]);
  expect(shown.slice(48)).toEqual([48, 48, 50]);
});

test('stages keep what they begin with and what they have drawn; small runs keep everything', () => {
  const run = newTrajectory(stages(8, 3) as never, ['A']);
  for (let step = 0; step <= 12; step++) addFrames(run, [frame(step)], 8 * BYTES);
  const shown = run.frames.map(({ x }) => x[0]);
  expect([shown[0], shown[8], shown[9], shown[12]]).toEqual([0, 8, 9, 12]);
  expect(run.keptEvery).toBeGreaterThan(1);
  const small = newTrajectory(stages(8) as never, ['A']);
  addFrames(
    small,
    Array.from({ length: 9 }, (_, k) => frame(k)),
  );
  expect(small.keptEvery).toBe(1);
  expect(small.frames.map(({ x }) => x[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
