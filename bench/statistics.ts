/** A ratio measured in pairs: its median, and the quartiles between which half of the pairs lie. */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/** The p-quantile, 0 ≤ p ≤ 1, linear between the two nearest values. @throws RangeError for no values */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError('quantile needs at least one value, got none');
  const sorted = [...values].sort((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (at - Math.floor(at)) * (above - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * a/b pair by pair. Neighbours in time share the machine's mood, so that a slow moment changes both
 * sides of a pair and not their ratio.
 *
 * @throws RangeError for lists of different lengths, or empty ones
 */
export function pairedRatio(a: readonly number[], b: readonly number[]): Ratio {
  if (a.length !== b.length) {
    throw new RangeError(
      `pairedRatio needs as many values a side, got ${a.length} and ${b.length}`,
    );
  }
  const ratios = a.map((value, i) => value / b[i]!);
  return {
    median: median(ratios),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    pairs: ratios.length,
  };
}
