import { arrayFields } from '../fields';
import { createRun, DEFAULT_RUN } from '../run';
import {
  componentsOf,
  denoiseExactly,
  type GaussianMixture,
  logDensity,
  mixtureEvaluate,
} from './analytic';

/**
 * A world of one number with two classes, small enough to know everything about: the class asked for
 * lies in two parts, and the other one beside the first of them.
 */
export const lineWorld: GaussianMixture = [
  { classLabel: 0, weight: 0.5, mean: [-0.9], std: 0.45 },
  { classLabel: 1, weight: 0.25, mean: [0.5], std: 0.35 },
  { classLabel: 1, weight: 0.25, mean: [2.2], std: 0.35 },
];

/** The class that is asked for in `lineWorld`. */
export const WANTED = 1;
/** The other one. */
export const OTHER = 0;

/** Evenly spaced numbers from `from` to `to`, both included. */
export function evenly(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** p(x; sigma), the data with N(0, sigma²) added; sigma 0 is the data itself. */
export function densityAt(mixture: GaussianMixture, x: number, sigma: number): number {
  return Math.exp(logDensity(mixture, [x], sigma));
}

/** D = E[x0 | x; sigma] in float64, sigma above 0. */
export function denoisedAt(mixture: GaussianMixture, x: number, sigma: number): number {
  const out = new Float64Array(1);
  denoiseExactly(mixture, [x], sigma, out);
  return out[0]!;
}

/** eps = (x - D)/sigma: the score is -eps/sigma. */
export function epsAt(mixture: GaussianMixture, x: number, sigma: number): number {
  return (x - denoisedAt(mixture, x, sigma)) / sigma;
}

/** p(c | x; sigma) by Bayes' rule. */
export function posteriorAt(
  mixture: GaussianMixture,
  classLabel: number,
  x: number,
  sigma: number,
): number {
  return Math.exp(logPosterior(mixture, classLabel, x, sigma));
}

/**
 * d/dx log p(c | x; sigma) as a classifier's backward pass has it, without any denoiser: the class
 * probability is a sum of softmax outputs r_k = softmax(a)_k with a_k = ln w_k N(x; m_k, v_k), so the
 * derivative is Σ_k (r_k [k in c]/p(c | x) - r_k) a_k', a_k' = (m_k - x)/v_k.
 */
export function classifierGradientAt(
  mixture: GaussianMixture,
  classLabel: number,
  x: number,
  sigma: number,
): number {
  const logits = mixture.map(({ weight, mean, std }) => {
    const variance = std ** 2 + sigma ** 2;
    return Math.log(weight) - Math.log(variance) / 2 - (x - mean[0]!) ** 2 / (2 * variance);
  });
  const all = softmax(logits);
  const own = softmax(
    logits.map((logit, k) => (mixture[k]!.classLabel === classLabel ? logit : -Infinity)),
  );
  return mixture.reduce((total, { mean, std }, k) => {
    const slope = (mean[0]! - x) / (std ** 2 + sigma ** 2);
    return total + (own[k]! - all[k]!) * slope;
  }, 0);
}

/**
 * The density that guidance sharpens at one noise level, p(x | c; sigma) p(c | x; sigma)^w, normalised
 * over the points (2207.12598, section 3).
 *
 * @param options.points evenly spaced, and wide enough to hold all but nothing of the mass
 * @param options.w the paper's guidance strength, 0 = off
 */
export function guidedDensity(options: {
  readonly mixture: GaussianMixture;
  readonly classLabel: number;
  readonly sigma: number;
  readonly w: number;
  readonly points: readonly number[];
}): number[] {
  const { mixture, classLabel, sigma, w, points } = options;
  const own = componentsOf(mixture, classLabel);
  const logs = points.map(
    (x) => logDensity(own, [x], sigma) + w * logPosterior(mixture, classLabel, x, sigma),
  );
  const largest = Math.max(...logs);
  const unnormalised = logs.map((log) => Math.exp(log - largest));
  const mass = integral(points, unnormalised);
  return unnormalised.map((value) => value / mass);
}

/** ∫ f dx over evenly spaced points, by the trapezoidal rule. */
export function integral(points: readonly number[], values: readonly number[]): number {
  const inner = values.reduce((total, value) => total + value, 0);
  const ends = (values[0]! + values.at(-1)!) / 2;
  return (inner - ends) * (points[1]! - points[0]!);
}

/** Mean and standard deviation of a density given at evenly spaced points. */
export function moments(
  points: readonly number[],
  density: readonly number[],
): { readonly mean: number; readonly std: number } {
  const mean = integral(
    points,
    points.map((x, i) => x * density[i]!),
  );
  const variance = integral(
    points,
    points.map((x, i) => (x - mean) ** 2 * density[i]!),
  );
  return { mean, std: Math.sqrt(variance) };
}

/** Samples on their way from noise to data. */
export interface LineFlow {
  /** Noise levels, the last is 0. */
  readonly sigmas: readonly number[];
  /** `paths[sample][step]`: x at sigmas[step]. */
  readonly paths: readonly (readonly number[])[];
  /** Evaluations of a denoiser for each sample. */
  readonly evaluations: number;
}

/** Far above the width of `lineWorld`, so that x starts as nothing but noise. */
const FLOW_RANGE = { sigmaMin: 0.02, sigmaMax: 20 };

/**
 * Samples of the wanted class of `lineWorld`, drawn as the playground draws pictures: Heun's method,
 * Karras' noise levels, classifier-free guidance; the exact denoisers stand in for the network.
 *
 * @param options.guidanceScale 1 = off
 * @param options.interval noise levels (lo, hi] in which guidance is on; absent: everywhere
 * @param options.samples one seed each, 0 … samples - 1
 */
export async function flowOnLine(options: {
  readonly guidanceScale: number;
  readonly interval?: readonly [lo: number, hi: number] | undefined;
  readonly numSteps: number;
  readonly samples: number;
}): Promise<LineFlow> {
  const { guidanceScale, interval = null, numSteps, samples } = options;
  const seeds = Array.from({ length: samples }, (_, k) => k);
  const fields = arrayFields({ seeds, sampleSize: 1 });
  const settings = { ...DEFAULT_RUN, sampler: 'heun', guidanceScale, interval, numSteps };
  const evaluate = mixtureEvaluate({ mixture: lineWorld, labels: seeds.map(() => WANTED), fields });
  const run = createRun({ settings, range: FLOW_RANGE, fields, evaluate });
  const x = run.start();
  const paths = Array.from(x.data, (start) => [start]);
  for await (const step of run.steps(x)) {
    step.x.data.forEach((value, k) => {
      paths[k]!.push(value);
    });
  }
  return { sigmas: [...run.sigmas], paths, evaluations: run.nfe };
}

function logPosterior(
  mixture: GaussianMixture,
  classLabel: number,
  x: number,
  sigma: number,
): number {
  const own = componentsOf(mixture, classLabel);
  const weightOf = (part: GaussianMixture) => part.reduce((total, { weight }) => total + weight, 0);
  const prior = Math.log(weightOf(own) / weightOf(mixture));
  return prior + logDensity(own, [x], sigma) - logDensity(mixture, [x], sigma);
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
