/** A measured figure and how far it would scatter if other seeds were drawn. */
export interface Figure {
  readonly value: number;
  /** One standard deviation; undefined where there are too few samples to tell. */
  readonly spread: number | undefined;
}

/** The groups that samples are dealt to. */
export const NUM_GROUPS = 10;

/**
 * Deals samples to groups, each class evenly over all of them: the samples of a point are drawn
 * class by class, so its scatter is that within the classes.
 *
 * @returns a function from the class of the next sample to its group, 0 … NUM_GROUPS - 1
 */
export function dealer(): (label: number) => number {
  const seen = new Map<number, number>();
  return (label) => {
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    // The class itself shifts the start, or small classes would crowd the first groups.
    return (before + label) % NUM_GROUPS;
  };
}

/**
 * A figure with its spread by the delete-a-group jackknife: the figure is computed again on each
 * subset that lacks one of G groups, and the spread is sqrt((G-1)/G Σ (θ_g - mean θ)²).
 *
 * Why not the bootstrap: it draws with replacement, and a Fréchet distance takes the repeated
 * pictures for a lack of diversity, so bootstrapped distances lie well above the measured one. The
 * subsets here hold nine tenths of the samples without repeats; the small bias of their size is
 * common to all and cancels.
 *
 * Against repeated draws of real letters (64 features), the estimated spread of the Fréchet distance and
 * the true one: 11 and 7 for 104 samples, 2.5 and 2.8 for 520, 0.53 and 0.48 for 2,600. For recall,
 * whose nearest neighbours are not smooth in the samples, the estimate is up to twice the true spread.
 *
 * @param figure of the samples without group g, or of all for g = undefined; undefined where there
 *   are too few
 * @returns undefined where there are too few samples, or one is not finite because its run diverged
 */
export function jackknifed(
  figure: (without: number | undefined) => number | undefined,
): Figure | undefined {
  const value = figure(undefined);
  if (!isFigure(value)) return undefined;
  const others = Array.from({ length: NUM_GROUPS }, (_, group) => figure(group));
  if (!others.every(isFigure)) return { value, spread: undefined };
  const mean = others.reduce((sum, other) => sum + other, 0) / NUM_GROUPS;
  const squares = others.reduce((sum, other) => sum + (other - mean) ** 2, 0);
  return { value, spread: Math.sqrt(((NUM_GROUPS - 1) / NUM_GROUPS) * squares) };
}

function isFigure(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}

/**
 * One standard deviation of a share of few samples, half the width of Wilson's interval. Unlike
 * sqrt(p (1 - p) / n) it is not 0 where all or none of the samples count: sixteen of sixteen are 100 %,
 * but another sixteen need not be.
 *
 * @param share of `samples`, 0 … 1
 */
export function shareSpread(share: number, samples: number): number {
  const n = samples;
  return Math.sqrt((share * (1 - share)) / n + 1 / (4 * n * n)) / (1 + 1 / n);
}

/**
 * One standard deviation of a figure of few samples by the delete-one jackknife:
 * sqrt((n-1)/n Σ (θ_k - mean θ)²), where θ_k lacks sample k. Groups as in `jackknifed` would be single
 * samples or none.
 *
 * @param figure of the samples without k; undefined where those are too few
 * @returns undefined where the figure cannot do without one of the samples
 */
export function deleteOneSpread(
  samples: readonly number[],
  figure: (without: number) => number | undefined,
): number | undefined {
  const values = samples.map(figure);
  if (values.length < 2 || !values.every(isFigure)) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(((values.length - 1) / values.length) * squares);
}
