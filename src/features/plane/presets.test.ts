import { expect, test } from 'vitest';
import { agreement } from '../../diffusion/worlds/plane/density';
import { runParticles } from '../../diffusion/worlds/plane/particles';
import { classMean } from '../../diffusion/worlds/plane/world';
import { DEFAULT_PLANE, type PlanePreset, presetPlane, worldOf } from '../../kit/plane/settings';
import { promisedDensity } from './runner';

/** The particles of a preset's run, and how they agree with their density. */
async function outcome(id: PlanePreset, index = 0) {
  const plane = presetPlane(id, DEFAULT_PLANE);
  const world = worldOf(plane);
  const run = plane.runs[index]!;
  const count = 2000;
  const { xs } = await runParticles(world, { ...run, seed: plane.seed, count });
  const last = xs.subarray(-2 * count);
  const promised = promisedDensity(world, run);
  return { last, ...agreement(last, promised, classMean(world)) };
}

// What the notes beside the presets say.
test('figure 2: further out than the guided density', async () => {
  const { inside, particles, density } = await outcome('figure2');
  expect(inside).toBeLessThan(0.85);
  expect(particles).toBeGreaterThan(1.2 * density);
});

test('overlapping classes: far outside', async () => {
  const { particles } = await outcome('overlap');
  expect(particles).toBeGreaterThan(1.5 * 0.9);
});

test('unequal weights: about half stay inside', async () => {
  const { inside } = await outcome('unequal');
  expect(Math.abs(inside - 0.55)).toBeLessThan(0.05);
});

test('two modes: four in five in the free one', async () => {
  const { last } = await outcome('modes');
  let left = 0;
  for (let i = 0; i < last.length; i += 2) if (last[i]! < 0) left++;
  expect(Math.abs(left / (last.length / 2) - 0.8)).toBeLessThan(0.03);
});

test('three rules: autoguidance to the middle, the small classifier outwards', async () => {
  const [cfg, auto, small] = await Promise.all([0, 1, 2].map((i) => outcome('rules', i)));
  expect(auto!.particles).toBeLessThan(auto!.density);
  expect(small!.particles).toBeGreaterThan(1.2 * small!.density);
  expect(Math.abs(small!.particles - cfg!.particles)).toBeLessThan(0.1);
});
