import type { ArrayField, ArrayFieldAlgebra } from './fields';
import type { Evaluate } from './guidance/guided';
import type { Prediction, Predictions } from './guidance/rule';

/** One isotropic Gaussian of a mixture: N(mean, std² I), drawn with a probability proportional to weight. */
export interface MixtureComponent {
  readonly classLabel: number;
  /** Above 0; weights need not sum to 1. */
  readonly weight: number;
  readonly mean: readonly number[];
  /** At least 0. */
  readonly std: number;
}

/** Data with known scores: the class label c selects the components of class c, no label all of them. */
export type GaussianMixture = readonly MixtureComponent[];

/** The components of one class. @throws RangeError if there is none. */
export function componentsOf(mixture: GaussianMixture, classLabel: number): GaussianMixture {
  const components = mixture.filter((component) => component.classLabel === classLabel);
  if (components.length === 0) {
    const known = [...new Set(mixture.map((component) => component.classLabel))].join(', ');
    throw new RangeError(`classLabel must be one of the mixture's (${known}), got ${classLabel}`);
  }
  return components;
}

/** ln p(x; sigma) of the mixture with N(0, sigma² I) added: one component is N(mean, (std² + sigma²) I). */
export function logDensity(mixture: GaussianMixture, x: ArrayLike<number>, sigma: number): number {
  return logSumExp(jointLogDensities(mixture, x, sigma));
}

/**
 * E[x0 | x, sigma] of one sample, exactly: the components' posterior means
 * (std² x + sigma² mean)/(std² + sigma²), weighted with their responsibilities p(k | x, sigma).
 *
 * @param out receives the estimate, as long as x
 * @param sigma above 0
 */
export function denoiseExactly(
  mixture: GaussianMixture,
  x: Float32Array,
  sigma: number,
  out: Float32Array,
): void {
  const joint = jointLogDensities(mixture, x, sigma);
  const total = logSumExp(joint);
  // Summed over components in float64: D = a x + b, b per dimension.
  const shift = new Float64Array(x.length);
  let slope = 0;
  mixture.forEach(({ mean, std }, k) => {
    const responsibility = Math.exp(joint[k]! - total);
    const variance = std ** 2 + sigma ** 2;
    slope += (responsibility * std ** 2) / variance;
    const pull = (responsibility * sigma ** 2) / variance;
    for (let d = 0; d < x.length; d++) shift[d] = shift[d]! + pull * mean[d]!;
  });
  for (let d = 0; d < x.length; d++) out[d] = slope * x[d]! + shift[d]!;
}

/**
 * Every prediction a rule may need, computed exactly: the mixture in place of a network.
 *
 * `classifier` is grad_x log p(c | x, sigma) = (Dc - Du)/sigma², by Bayes' rule; `smallClassifier`
 * the same of the weak mixture.
 *
 * @param options.labels class of each sample
 * @param options.weak mixture of the weak network; without it `weak` and `smallClassifier` are errors
 */
export function mixtureEvaluate(options: {
  readonly mixture: GaussianMixture;
  readonly labels: readonly number[];
  readonly fields: ArrayFieldAlgebra;
  readonly weak?: GaussianMixture;
}): Evaluate<ArrayField> {
  const { mixture, labels, fields, weak } = options;
  if (labels.length !== fields.batch) {
    throw new RangeError(`labels must name ${fields.batch} samples, got ${labels.length}`);
  }
  const ofClass = labels.map((label) => componentsOf(mixture, label));
  const weakOfClass = weak && labels.map((label) => componentsOf(weak, label));

  function denoise(x: ArrayField, sigma: number, mixtureOf: (b: number) => GaussianMixture) {
    const out = fields.empty();
    for (let b = 0; b < x.batch; b++) {
      const from = b * x.size;
      const to = from + x.size;
      denoiseExactly(mixtureOf(b), x.data.subarray(from, to), sigma, out.data.subarray(from, to));
    }
    return out;
  }

  /** (Dc - Du)/sigma² of a mixture whose classes are given. */
  function gradient(x: ArrayField, sigma: number, all: GaussianMixture, own: GaussianMixture[]) {
    const c = denoise(x, sigma, (b) => own[b]!);
    const u = denoise(x, sigma, () => all);
    const difference = fields.lincomb([
      [1 / sigma ** 2, c],
      [-1 / sigma ** 2, u],
    ]);
    fields.release(c);
    fields.release(u);
    return difference;
  }

  function predict(name: Prediction, x: ArrayField, sigma: number): ArrayField {
    switch (name) {
      case 'cond':
        return denoise(x, sigma, (b) => ofClass[b]!);
      case 'uncond':
        return denoise(x, sigma, () => mixture);
      case 'weak':
        if (weakOfClass === undefined) throw new Error('"weak" needs a weak mixture, got none');
        return denoise(x, sigma, (b) => weakOfClass[b]!);
      case 'classifier':
        return gradient(x, sigma, mixture, ofClass);
      case 'smallClassifier':
        if (!weak || !weakOfClass) {
          throw new Error('"smallClassifier" needs a weak mixture, got none');
        }
        return gradient(x, sigma, weak, weakOfClass);
      default:
        return name satisfies never;
    }
  }

  return (x, sigma, needs) => {
    const predictions: Predictions<ArrayField> = {};
    for (const name of needs) predictions[name] = predict(name, x, sigma);
    return predictions;
  };
}

/**
 * The probability-flow ODE's solution for data N(mean, std² I), one number of x:
 * x(sigmaTo) = mean + sqrt((std² + sigmaTo²)/(std² + sigmaFrom²)) (x(sigmaFrom) - mean).
 *
 * From dx/dsigma = (x - D)/sigma = sigma (x - mean)/(std² + sigma²).
 */
export function gaussianOde(options: {
  readonly mean: number;
  readonly std: number;
  readonly x: number;
  readonly sigmaFrom: number;
  readonly sigmaTo: number;
}): number {
  const { mean, std, x, sigmaFrom, sigmaTo } = options;
  return mean + Math.sqrt((std ** 2 + sigmaTo ** 2) / (std ** 2 + sigmaFrom ** 2)) * (x - mean);
}

/** ln [w_k N(x; mean_k, (std_k² + sigma²) I)] of every component, weights normalised. */
function jointLogDensities(
  mixture: GaussianMixture,
  x: ArrayLike<number>,
  sigma: number,
): Float64Array {
  let weights = 0;
  for (const { weight } of mixture) weights += weight;
  return Float64Array.from(mixture, ({ weight, mean, std }) => {
    if (mean.length !== x.length) {
      throw new RangeError(`x must have the mixture's ${mean.length} dimensions, got ${x.length}`);
    }
    const variance = std ** 2 + sigma ** 2;
    let squares = 0;
    for (let d = 0; d < x.length; d++) squares += (x[d]! - mean[d]!) ** 2;
    const normaliser = (x.length / 2) * Math.log(2 * Math.PI * variance);
    return Math.log(weight / weights) - normaliser - squares / (2 * variance);
  });
}

/** Largest term factored out, so that far-away points do not underflow to ln 0. */
function logSumExp(values: Float64Array): number {
  const largest = Math.max(...values);
  let total = 0;
  for (const value of values) total += Math.exp(value - largest);
  return largest + Math.log(total);
}
