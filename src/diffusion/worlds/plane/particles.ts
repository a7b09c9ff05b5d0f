import { type ArrayFieldAlgebra, arrayFields, scaledNoise } from '../../fields';
import { findGuidanceRule } from '../../guidance';
import { guidedDenoise } from '../../guidance/guided';
import { checkSampler } from '../../guidance/rule';
import { findSampler } from '../../samplers';
import { startingPoint } from '../../samplers/sampler';
import { findSchedule } from '../../schedules';
import { mixtureEvaluate } from '../analytic';
import { PLANE_SIGMAS, type PlaneRun, type PlaneWorld, weakMixture } from './world';

export interface ParticleRun extends PlaneRun {
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

/** The noise levels of a run in the plane. @throws RangeError for settings out of range */
export function planeSigmas({ schedule, numSteps, parameters }: PlaneRun): Float64Array {
  return findSchedule(schedule).sigmas(numSteps, PLANE_SIGMAS, parameters);
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
  const { seed, count, parameters, modifiers } = run;
  const rule = findGuidanceRule(run.guidance);
  const sampler = findSampler(run.sampler);
  checkSampler(rule, sampler);
  const sigmas = planeSigmas(run);
  const seeds = Array.from({ length: count }, (_, k) => (seed + k) % 2 ** 32);
  const fields = arrayFields({ seeds, sampleSize: 2 });
  const evaluate = planeEvaluate(world, fields);
  let nfe = 0;
  const guided = guidedDenoise({
    rule,
    params: parameters,
    fields,
    evaluate: (x, sigma, needs, at) => {
      nfe += needs.length;
      return evaluate(x, sigma, needs, at);
    },
    modifiers,
    sigmas,
  });
  const { denoise, guidanceJumped } = guided;
  const x = startingPoint(fields, sigmas);
  const xs = new Float32Array(sigmas.length * 2 * count);
  xs.set(x.data);
  const noiseScale = rule.noiseScale?.(parameters) ?? 1;
  const steps = sampler.sample(
    { fields: scaledNoise(fields, noiseScale), denoise, x, sigmas, guidanceJumped },
    parameters,
  );
  try {
    await beforeStep?.();
    for await (const step of steps) {
      xs.set(step.x.data, (step.step + 1) * 2 * count);
      await beforeStep?.();
    }
  } finally {
    guided.release();
  }
  return { sigmas, xs, nfe };
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
