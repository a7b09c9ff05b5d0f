/** Sums from which a classifier score follows; they add up over groups of samples. */
export interface ScoreSums {
  count: number;
  /** Σ p(y|x), [classes] */
  readonly probabilities: Float64Array;
  /** Σ over samples and classes of p(y|x) ln p(y|x) */
  negativeEntropy: number;
}

export function emptyScore(numClasses: number): ScoreSums {
  return { count: 0, probabilities: new Float64Array(numClasses), negativeEntropy: 0 };
}

/** Takes one more sample into the sums. @param logits [classes] */
export function addToScore(sums: ScoreSums, logits: Float32Array): void {
  const highest = Math.max(...logits);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  weights.forEach((weight, k) => {
    const p = weight / total;
    sums.probabilities[k]! += p;
    // 0 · ln 0 = 0, also of a logit of -Infinity.
    if (p > 0) sums.negativeEntropy += p * (logits[k]! - highest - Math.log(total));
  });
  sums.count++;
}

/**
 * exp E KL(p(y|x) ‖ p(y)), the Inception Score's formula (1606.03498): 1 where every sample looks
 * alike, the number of classes where each is sure and they are even. It grows with the number of
 * samples, so only equal counts compare.
 *
 * @param parts sums of one or more groups of samples
 */
export function classifierScore(parts: readonly ScoreSums[]): number {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  if (count === 0) throw new RangeError('A classifier score needs at least 1 sample, got 0');
  let exponent = parts.reduce((sum, part) => sum + part.negativeEntropy, 0) / count;
  for (let k = 0; k < parts[0]!.probabilities.length; k++) {
    const p = parts.reduce((sum, part) => sum + part.probabilities[k]!, 0) / count;
    if (p > 0) exponent -= p * Math.log(p);
  }
  return Math.exp(exponent);
}
