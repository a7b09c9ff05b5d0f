/**
 * Mean Euclidean distance between the feature vectors of all pairs of a group.
 *
 * @param features `[batch, numFeatures]`
 * @param batch number of samples, at least 2
 * @throws RangeError for fewer than 2 samples or a size that does not fit
 */
export function diversity(features: Float32Array, batch: number): number {
  const numFeatures = features.length / batch;
  if (!(batch >= 2 && Number.isInteger(numFeatures))) {
    throw new RangeError(
      `features must hold the same number of features for each of at least 2 samples, got ${features.length} numbers for ${batch}`,
    );
  }
  let total = 0;
  for (let a = 1; a < batch; a++) {
    for (let b = 0; b < a; b++) {
      let squares = 0;
      for (let k = 0; k < numFeatures; k++) {
        const difference = features[a * numFeatures + k]! - features[b * numFeatures + k]!;
        squares += difference ** 2;
      }
      total += Math.sqrt(squares);
    }
  }
  return total / ((batch * (batch - 1)) / 2);
}
