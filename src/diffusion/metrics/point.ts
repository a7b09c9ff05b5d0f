import { classDiversity } from './class-diversity';
import { addToScore, classifierScore, emptyScore } from './classifier-score';
import { densityCoverage } from './density-coverage';
import {
  addToMoments,
  emptyMoments,
  frechetDistanceTo,
  type Gaussian,
  gaussianOf,
  mergeMoments,
} from './frechet';
import { kernelDistance } from './kernel-distance';
import { manifolds } from './precision-recall';
import { dealer, type Figure, jackknifed, NUM_GROUPS } from './spread';

/** What a feature network says of real pictures: the yardstick of the samples. */
export interface FeatureReference extends Gaussian {
  /** Features of some of the real pictures, [count, features]: the real manifold. */
  readonly features: Float32Array;
}

/**
 * What a feature network says of the samples of one point of a study. Each is named after that
 * network, and only points of equal `samples` compare: Fréchet distance, classifier score, recall and
 * coverage depend on their number.
 */
export interface PointFigures {
  readonly samples: number;
  /**
   * Of them, those with numbers that are not finite, because their run diverged: they count as not
   * recognised and outside the real manifold, and every other figure leaves them out. Absent: none.
   */
  readonly leftOut?: number;
  /** Share recognised as the class asked for; undefined if a sample was asked for none. */
  readonly classAccuracy: Figure | undefined;
  readonly classifierScore: Figure | undefined;
  /** To the reference; undefined without one, and unless there are more samples than features. */
  readonly frechetDistance: Figure | undefined;
  /** To the reference, in feature space; may be below 0. Absent: measured before there was one. */
  readonly kernelDistance?: Figure | undefined;
  readonly precision: Figure | undefined;
  readonly recall: Figure | undefined;
  /** Absent: measured before there were these. */
  readonly density?: Figure | undefined;
  readonly coverage?: Figure | undefined;
  /** Mean feature distance of two samples of one class, or prompt. */
  readonly diversity: Figure | undefined;
  /** How well samples fit their prompts, the mean of `alignments`. Absent where no prompt was asked for. */
  readonly alignment?: Figure;
}

/** Figures of samples that arrive in batches. */
export interface Point {
  /**
   * Takes more samples in.
   *
   * @param logits [batch, classes]
   * @param features [batch, features]
   * @param labels class asked for, sample by sample; the number of classes stands for none
   * @param fits of samples that were asked for by prompts, which `labels` then count: `alignments`
   */
  add(
    logits: Float32Array,
    features: Float32Array,
    labels: readonly number[],
    fits?: readonly number[],
  ): void;
  /** Of all samples so far. */
  figures(): PointFigures;
}

/**
 * Measures one point, sample by sample, so that its figures can be read at any time.
 *
 * @param size of the feature network; `mixed` is a class that was mixed into every label, which
 *   counts as asked for too
 * @param reference of the same network; without one there are none of the figures that need it
 * @throws RangeError for a reference of another size
 */
export function measurePoint(
  size: {
    readonly numClasses: number;
    readonly numFeatures: number;
    readonly mixed?: number | undefined;
  },
  reference?: FeatureReference,
): Point {
  const { numClasses, numFeatures, mixed } = size;
  if (reference && reference.mean.length !== numFeatures) {
    throw new RangeError(
      `The reference must have ${numFeatures} features, got ${reference.mean.length}`,
    );
  }
  const groups = Array.from({ length: NUM_GROUPS }, () => ({
    count: 0,
    hits: 0,
    score: emptyScore(numClasses),
    moments: emptyMoments(numFeatures),
    fits: 0,
    fitted: 0,
  }));
  const groupOf = dealer();
  const distance = reference && frechetDistanceTo(reference);
  const nearby = reference && manifolds(reference.features, numFeatures);
  const balls = reference && densityCoverage(reference.features, numFeatures);
  const kernel = reference && kernelDistance(reference.features, numFeatures);
  const diversity = classDiversity();
  let unlabelled = false;
  let leftOut = 0;
  const parts = (without: number | undefined) => groups.filter((_, g) => g !== without);
  const total = (without?: number) => parts(without).reduce((sum, { count }) => sum + count, 0);
  /** Those with finite numbers. */
  const measured = (without?: number) =>
    parts(without).reduce((sum, { moments }) => sum + moments.count, 0);

  return {
    add(logits, features, labels, fits) {
      const batch = labels.length;
      if (logits.length !== batch * numClasses || features.length !== batch * numFeatures) {
        throw new RangeError(
          `${batch} samples must have ${batch} × ${numClasses} logits and ${batch} × ${numFeatures} features, got ${logits.length} and ${features.length}`,
        );
      }
      // A classifier knows nothing of prompts.
      if (fits) unlabelled = true;
      labels.forEach((label, i) => {
        const index = groupOf(label);
        const group = groups[index]!;
        const row = logits.subarray(i * numClasses, (i + 1) * numClasses);
        const vector = features.subarray(i * numFeatures, (i + 1) * numFeatures);
        group.count++;
        unlabelled ||= label === numClasses;
        nearby?.add(vector, index);
        balls?.add(vector, index);
        const highest = Math.max(...row);
        // A class may be impossible, its logit -Infinity; not all of them.
        if (!Number.isFinite(highest) || !vector.every(Number.isFinite)) {
          leftOut++;
          return;
        }
        const read = row.indexOf(highest);
        if (read === label || (mixed !== undefined && read === mixed)) group.hits++;
        addToScore(group.score, row);
        addToMoments(group.moments, vector);
        kernel?.add(vector, index);
        diversity.add(vector, label, index);
        const fit = fits?.[i] ?? Number.NaN;
        if (!Number.isFinite(fit)) return;
        group.fits += fit;
        group.fitted++;
      });
    },
    figures() {
      const alignment = jackknifed((without) => {
        const fitted = parts(without).reduce((sum, group) => sum + group.fitted, 0);
        if (fitted === 0) return undefined;
        return parts(without).reduce((sum, { fits }) => sum + fits, 0) / fitted;
      });
      return {
        samples: total(),
        ...(leftOut > 0 && { leftOut }),
        classAccuracy: jackknifed((without) => {
          if (unlabelled || total(without) === 0) return undefined;
          return parts(without).reduce((sum, { hits }) => sum + hits, 0) / total(without);
        }),
        classifierScore: jackknifed((without) =>
          measured(without) === 0
            ? undefined
            : classifierScore(parts(without).map(({ score }) => score)),
        ),
        frechetDistance: jackknifed((without) => {
          if (distance === undefined || measured(without) <= numFeatures) return undefined;
          const moments = parts(without).map((group) => group.moments);
          return distance(gaussianOf(mergeMoments(moments, numFeatures)));
        }),
        kernelDistance: jackknifed((without) => kernel?.value(without)),
        precision: jackknifed((without) => nearby?.precision(without)),
        recall: jackknifed((without) => nearby?.recall(without)),
        density: jackknifed((without) => balls?.density(without)),
        coverage: jackknifed((without) => balls?.coverage(without)),
        diversity: jackknifed((without) => diversity.value(without)),
        ...(alignment && { alignment }),
      };
    },
  };
}
