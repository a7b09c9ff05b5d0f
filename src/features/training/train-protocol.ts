import type { RunSettings } from '../../diffusion/run';
import type { GaussianMixture } from '../../diffusion/worlds/analytic';

/** What a training run depends on, and nothing else: the same settings give the same network. */
export interface TrainingSpec {
  /** Points in the plane with classes 0, 1, …. */
  readonly mixture: GaussianMixture;
  /** Probability, 0 … 1, that a sample is shown without its class (2207.12598, algorithm 1). */
  readonly pUncond: number;
  /** Samples a step. */
  readonly batch: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Numbers of each hidden layer. */
  readonly width: number;
  /** Integer, 0 … 2^32 - 1: of the weights and of every batch. */
  readonly seed: number;
}

/** What is to be seen of a network; it does not change the training. */
export interface Look
  extends Pick<RunSettings, 'guidance' | 'guidanceScale' | 'sampler' | 'numSteps'> {
  /** Noise level of the fields, above 0. */
  readonly sigma: number;
  readonly classLabel: number;
}

/** Estimates at the points of a square grid, [points, 2] each: the network's and the exact ones. */
export interface LearntField {
  /** The grid covers [-half, half]², row after row from the top. */
  readonly half: number;
  readonly points: Float32Array;
  readonly cond: Float32Array;
  readonly uncond: Float32Array;
  readonly exactCond: Float32Array;
  readonly exactUncond: Float32Array;
  /** p(x; sigma | class) and p(x; sigma) at the points, each over its largest on the grid. */
  readonly condDensity: Float32Array;
  readonly uncondDensity: Float32Array;
}

/** Samples of one class, and what they have become. */
export interface PlaneSamples {
  /** [samples, 2] */
  readonly x: Float32Array;
  /** Share that lies where the class asked for is the likeliest. */
  readonly recognised: number;
  /** Root mean square distance from their mean, a dimension. */
  readonly spread: number;
}

/** With the class label, and with the null label. */
export interface PerLabel {
  readonly cond: number;
  readonly uncond: number;
}

/** The network as it stands, seen as a `Look` asks for. */
export interface Report {
  /** Steps done. */
  readonly step: number;
  readonly look: Look;
  /** The loss of every step since the report before. */
  readonly losses: Float32Array;
  /** What the loss would be of the exact denoisers: the noise hides the rest. */
  readonly leastLoss: number;
  /**
   * Mean of lambda(sigma) (D - D*)² over the training's noise levels, a dimension: what the network's
   * loss has above the least possible, were it shown every sample with its label (or none).
   */
  readonly excess: PerLabel;
  /** E|D - D*|² at the look's noise level, x drawn from the class and from the whole mixture. */
  readonly errors: PerLabel;
  readonly field: LearntField;
  /** From the same starting noise with the network and with the exact denoisers. */
  readonly samples: PlaneSamples;
  readonly exactSamples: PlaneSamples;
  /** Of training alone; 0 before the first. */
  readonly stepsPerSecond: number;
}

/** Opens a network that is not trained yet, paused. It ends when it is aborted, or fails. */
export interface TrainRequest {
  readonly spec: TrainingSpec;
  readonly look: Look;
}

export type TrainNote =
  | { readonly type: 'run' | 'pause' }
  | { readonly type: 'look'; readonly look: Look };

/** Reports come at first, after every `look`, and during training; `finished` after the last step's. */
export type TrainEvent =
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'finished' };
