import type { ArrayField } from '../fields';
import type { Parameters } from '../parameters';
import type { Sampler, SamplerRun } from '../samplers/sampler';
import type { GaussianMixture } from '../worlds/analytic';

/** Three classes in the plane, one of them in two parts: small enough to know everything about. */
export const threeClasses: GaussianMixture = [
  { classLabel: 0, weight: 0.5, mean: [-1, 0], std: 0.3 },
  { classLabel: 1, weight: 0.2, mean: [1, 0.5], std: 0.2 },
  { classLabel: 1, weight: 0.1, mean: [0.5, -1], std: 0.4 },
  { classLabel: 2, weight: 0.2, mean: [0, 1.5], std: 0.25 },
];

/** As a network with less training would see them. */
export const blurredClasses: GaussianMixture = threeClasses.map((component) => ({
  ...component,
  std: component.std + 0.3,
}));

/** Runs a sampler to its end and copies the last x. */
export async function lastX(
  sampler: Sampler,
  run: SamplerRun<ArrayField>,
  params: Parameters = {},
): Promise<Float32Array> {
  let x: Float32Array | undefined;
  for await (const step of sampler.sample(run, params)) x = step.x.data.slice();
  if (x === undefined) throw new Error(`${sampler.id} yielded no step`);
  return x;
}

/** Largest absolute difference. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`Lengths differ: ${a.length} and ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // NaN must not pass for agreement.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
