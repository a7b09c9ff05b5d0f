import { checkSeed, fillGaussian, philox, uniform } from '../../diffusion/random';
import type { GaussianMixture } from '../../diffusion/worlds/analytic';
import { type Activations, Adam, activationsFor, initialise } from './mlp';
import {
  type Batch,
  createTinyDenoiser,
  lossAndGradient,
  type TinyDenoiser,
} from './tiny-denoiser';
import type { TrainingSpec } from './train-protocol';

/** Noise levels that the network is asked for, in units of the data. */
export const SIGMA_RANGE = { sigmaMin: 0.02, sigmaMax: 20 } as const;

/** Adam's rate at the start; it goes down to 0 along half a cosine. */
const RATE = 6e-3;
/** Steps over which the rate comes up from 0. */
const WARM_UP = 50;
/** EDM's ln sigma ~ N(-1.2, 1.2²) is for data of this standard deviation. */
const EDM_SIGMA_DATA = 0.5;
/** Stream of the seed that is no step. */
const WEIGHTS = 2 ** 31 - 1;

/**
 * Number of classes: one more than the largest label, so that the label of a class without data is
 * never trained.
 *
 * @throws RangeError for no component, or a label that is no index
 */
export function classesOf(mixture: GaussianMixture): number {
  const labels = mixture.map(({ classLabel }) => classLabel);
  if (labels.length === 0 || !labels.every((label) => Number.isInteger(label) && label >= 0)) {
    throw new RangeError(`Class labels must be 0, 1, …, got ${labels.join(', ') || 'none'}`);
  }
  return 1 + Math.max(...labels);
}

/** Root mean square of the data, one number of x: sqrt(E|x0|²/2). */
export function sigmaDataOf(mixture: GaussianMixture): number {
  let weights = 0;
  let squares = 0;
  for (const { weight, mean, std } of mixture) {
    weights += weight;
    squares += weight * (std ** 2 + (mean[0]! ** 2 + mean[1]! ** 2) / 2);
  }
  return Math.sqrt(squares / weights);
}

/**
 * Draws batch number `step`: classes by the mixture's weights, points of the class, noise, and noise
 * levels ln sigma ~ N(-1.2 + ln(sigmaData/0.5), 1.2²), one in ten evenly over the whole range.
 *
 * Sample i is a function of (seed, step, i) only.
 */
export function drawBatch(spec: TrainingSpec, step: number): Batch {
  const { mixture, pUncond, batch: n, seed } = spec;
  const nullLabel = classesOf(mixture);
  const shift = Math.log(sigmaDataOf(mixture) / EDM_SIGMA_DATA);
  const low = Math.log(SIGMA_RANGE.sigmaMin);
  const high = Math.log(SIGMA_RANGE.sigmaMax);
  const normal = new Float32Array(5 * n);
  fillGaussian(normal, seed, step);
  const random = uniformNumbers(seed, step);
  const batch: Batch = {
    x0: new Float64Array(2 * n),
    noise: new Float64Array(2 * n),
    sigma: new Float64Array(n),
    label: new Int32Array(n),
  };
  for (let i = 0; i < n; i++) {
    const { classLabel, mean, std } = pick(mixture, random());
    // The paper's one-line change.
    batch.label[i] = random() < pUncond ? nullLabel : classLabel;
    const evenly = random() < 0.1;
    const between = random();
    for (let d = 0; d < 2; d++) {
      batch.x0[2 * i + d] = mean[d]! + std * normal[5 * i + d]!;
      batch.noise[2 * i + d] = normal[5 * i + 2 + d]!;
    }
    batch.sigma[i] = Math.exp(
      evenly ? low + between * (high - low) : -1.2 + shift + 1.2 * normal[5 * i + 4]!,
    );
  }
  return batch;
}

/** A training run: `train` goes on from where it stands. */
export class Trainer {
  readonly spec: TrainingSpec;
  readonly network: TinyDenoiser;
  /** Steps done. */
  step = 0;
  readonly #adam: Adam;
  readonly #activations: Activations;
  readonly #gradient: Float64Array;

  /** @throws RangeError for a spec that cannot be trained */
  constructor(spec: TrainingSpec) {
    checkSpec(spec);
    this.spec = spec;
    this.network = createTinyDenoiser({
      classes: classesOf(spec.mixture),
      width: spec.width,
      sigmaData: sigmaDataOf(spec.mixture),
    });
    const { mlp } = this.network;
    initialise(mlp, uniformNumbers(spec.seed, WEIGHTS));
    this.#adam = new Adam(mlp.parameters.length);
    this.#activations = activationsFor(mlp, spec.batch);
    this.#gradient = new Float64Array(mlp.parameters.length);
  }

  get finished(): boolean {
    return this.step >= this.spec.steps;
  }

  /** One step. @returns the loss of its batch, before the step */
  train(): number {
    const { parameters } = this.network.mlp;
    const batch = drawBatch(this.spec, this.step);
    const loss = lossAndGradient(this.network, batch, this.#activations, this.#gradient);
    this.#adam.update(parameters, this.#gradient, rateAt(this.step, this.spec.steps));
    this.step++;
    return loss;
  }
}

function rateAt(step: number, steps: number): number {
  const warmUp = Math.min(1, (step + 1) / WARM_UP);
  return RATE * warmUp * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
}

function checkSpec({ pUncond, batch, steps, width, seed }: TrainingSpec): void {
  checkSeed(seed);
  if (!(pUncond >= 0 && pUncond <= 1)) {
    throw new RangeError(`pUncond must be within [0, 1], got ${pUncond}`);
  }
  for (const [name, value] of Object.entries({ batch, steps, width })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a positive integer, got ${value}`);
    }
  }
}

/** The component at a point of [0, 1), by weight. */
export function pick(mixture: GaussianMixture, at: number): GaussianMixture[number] {
  let left = at * mixture.reduce((sum, { weight }) => sum + weight, 0);
  for (const component of mixture) {
    left -= component.weight;
    if (left < 0) return component;
  }
  return mixture.at(-1)!; // what rounding leaves
}

/** Numbers in (0, 1), a stream of their own beside the Gaussian ones of the same (seed, stream). */
export function uniformNumbers(seed: number, stream: number): () => number {
  const key = Uint32Array.of(seed, stream);
  const counter = Uint32Array.of(0, 1, 0, 0);
  const words = new Uint32Array(4);
  let used = 4;
  return () => {
    if (used === 4) {
      philox(counter, key, words);
      counter[0] = counter[0]! + 1;
      used = 0;
    }
    return uniform(words[used++]!);
  };
}
