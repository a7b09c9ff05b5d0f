import type { ResultsPoint } from './results';

/** Pictures of each rule in the overview's sheet, a row a rule. */
export const OVERVIEW_PICTURES = 8;
/** Samples a point and steps a sample, where nothing else is said. */
export const OVERVIEW_SAMPLES = 78;
export const OVERVIEW_STEPS = 10;

/** What an overview calls accurate: class accuracy or, of prompts, alignment. */
export function accuracyOf({ figures }: Pick<ResultsPoint, 'figures'>) {
  return figures.classAccuracy ?? figures.alignment;
}

/** What an overview calls close to real pictures: the Fréchet distance or, of few samples, the kernel distance. */
export function distanceOf({ figures }: Pick<ResultsPoint, 'figures'>) {
  return figures.frechetDistance ?? figures.kernelDistance;
}

/**
 * The point at which a rule is at its best: of those whose accuracy lies within two standard deviations
 * of its highest, the one with the smallest distance. So it is as strong as it must be for what
 * is asked for, and no stronger.
 *
 * @throws RangeError without points
 */
export function bestPoint<P extends Pick<ResultsPoint, 'figures'>>(points: readonly P[]): P {
  const accuracy = (point: P) => accuracyOf(point)?.value ?? 0;
  const distance = (point: P) => distanceOf(point)?.value ?? Infinity;
  const [first, ...others] = points;
  if (!first) throw new RangeError('The best point needs at least one, got none');
  const highest = others.reduce((a, b) => (accuracy(b) > accuracy(a) ? b : a), first);
  const least = accuracy(highest) - 2 * (accuracyOf(highest)?.spread ?? 0);
  return points
    .filter((point) => accuracy(point) >= least)
    .reduce((a, b) => (distance(b) < distance(a) ? b : a));
}
