import { type ArrayFieldAlgebra, arrayFields } from '../../fields';
import { createRun, type RunSettings } from '../../run';
import { mixtureEvaluate } from '../analytic';
import { PLANE_SIGMAS, type PlaneWorld, weakMixture } from './world';

export interface ParticleRun extends RunSettings {
  /** 0 … 2^32 - 1; particle k has the noise of seed + k. */
  readonly seed: number;
  /** Number of particles. */
  readonly count: number;
}

export interface ParticlePaths {
  /** numSteps + 1 noise levels. */
  readonly sigmas: Float64Array;
  /** Every particle at every noise level, [numSteps + 1, count, 2]. */
  readonly xs: Float32Array;
  /** Predictions evaluated a particle. */
  readonly nfe: number;
}

/**
 * Particles from pure noise to data, moved by a sampler and a rule as they move pictures: each
 * particle is a sample of two numbers, all of the class asked for.
 *
 * @param beforeStep waited for before each step; what it throws ends the run
 * @throws RangeError for settings out of range
 */
export async function runParticles(
  world: PlaneWorld,
  run: ParticleRun,
  beforeStep?: () => unknown,
): Promise<ParticlePaths> {
  const { seed, count } = run;
  const seeds = Array.from({ length: count }, (_, k) => (seed + k) % 2 ** 32);
  const fields = arrayFields({ seeds, sampleSize: 2 });
  const evaluate = planeEvaluate(world, fields);
  const particles = createRun({ settings: run, range: PLANE_SIGMAS, fields, evaluate });
  const { sigmas } = particles;
  const x = particles.start();
  const xs = new Float32Array(sigmas.length * 2 * count);
  xs.set(x.data);
  await beforeStep?.();
  for await (const step of particles.steps(x)) {
    xs.set(step.x.data, (step.step + 1) * 2 * count);
    await beforeStep?.();
  }
  return { sigmas, xs, nfe: particles.nfe };
}

/** Exact predictions for particles of the class asked for. */
export function planeEvaluate(world: PlaneWorld, fields: ArrayFieldAlgebra) {
  return mixtureEvaluate({
    mixture: world.mixture,
    weak: weakMixture(world),
    labels: Array.from({ length: fields.batch }, () => world.classLabel),
    fields,
  });
}
