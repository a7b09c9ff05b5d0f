import type { GuidanceRule } from '../../guidance/rule';
import type { SigmaRange } from '../../schedules';
import { componentsOf, type GaussianMixture } from '../analytic';

/** Data in the plane with known scores, and the class that is asked for. */
export interface PlaneWorld {
  /** Means of two numbers. */
  readonly mixture: GaussianMixture;
  readonly classLabel: number;
  /** Standard deviation of the noise that separates the weak mixture from the true one, at least 0. */
  readonly weakBlur: number;
}

/** Data within a few units: at the largest level only noise is left, at the smallest none. */
export const PLANE_SIGMAS: SigmaRange = { sigmaMin: 0.01, sigmaMax: 80 };

/**
 * What a less trained network would see: every Gaussian blurred, std² + blur². It takes the place of
 * the weak network and, by Bayes' rule, of the small classifier.
 */
export function weakMixture({ mixture, weakBlur }: PlaneWorld): GaussianMixture {
  return mixture.map((component) => ({ ...component, std: Math.hypot(component.std, weakBlur) }));
}

/** E[x0 | class]. @throws RangeError for a class that the mixture does not have */
export function classMean({ mixture, classLabel }: PlaneWorld): readonly [number, number] {
  const own = componentsOf(mixture, classLabel);
  const total = own.reduce((sum, { weight }) => sum + weight, 0);
  const along = (d: number) =>
    own.reduce((sum, { weight, mean }) => sum + weight * mean[d]!, 0) / total;
  return [along(0), along(1)];
}

/** Rules that have no meaning for two numbers, or whose density cannot be told. */
const PICTURES_ONLY: readonly string[] = [
  // Splits pictures into coarse and fine: two numbers have no neighbours.
  'fdg',
  // The deviation over a picture's pixels; of two numbers it is half their difference, which changes
  // when the plane is turned and has no bound where both agree.
  'rescale',
  // Two numbers have no attention, and a mixture no middle: both would be autoguidance.
  'pag',
  'internal',
  // A student without an error is cfg.
  'distilled',
  'fast',
  // What it leads away from changes with every step: no density is promised.
  'icg',
  // Where a particle is led depends on its way: no density is promised.
  'momentum',
  'higs',
];

/** Whether a rule means something in the plane. */
export function worksInPlane({ id }: Pick<GuidanceRule, 'id'>): boolean {
  return !PICTURES_ONLY.includes(id);
}
