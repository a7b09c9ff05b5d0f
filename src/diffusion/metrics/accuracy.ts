/**
 * Share of samples whose largest logit is that of the label asked for.
 *
 * @param logits `[batch, numClasses]`; the first of equal logits wins
 * @param labels one class a sample
 * @param also a class that counts as asked for in every sample, where labels are mixed
 * @returns 0 … 1
 * @throws RangeError if the sizes disagree or there is no sample
 */
export function classAccuracy(
  logits: Float32Array,
  labels: readonly number[],
  also?: number,
): number {
  const numClasses = logits.length / labels.length;
  if (!Number.isInteger(numClasses) || numClasses < 1) {
    throw new RangeError(
      `logits must hold the same number of classes for each of ${labels.length} labels, got ${logits.length} numbers`,
    );
  }
  let hits = 0;
  labels.forEach((label, b) => {
    const row = logits.subarray(b * numClasses, (b + 1) * numClasses);
    const read = row.indexOf(Math.max(...row));
    if (read === label || read === also) hits++;
  });
  return hits / labels.length;
}
