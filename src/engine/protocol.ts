import type { StageSettings } from '../diffusion/cascade';
import type { Convention } from '../diffusion/convention';
import type { Difference } from '../diffusion/inside';
import type { LostSample } from '../diffusion/lost';
import type { Opinion } from '../diffusion/metrics/verdicts';
import type { Comparison } from '../diffusion/rivals';
import type { RunSettings } from '../diffusion/run';
import type { DownloadProgress as FileProgress } from '../networks/download';
import type { ModelErrorKind } from '../networks/errors';
import type { DenoiserManifest } from '../networks/manifest';

/** Rows of one network run: sessions are made for these, and a GPU's shaders are compiled for each. */
export const BATCH_SIZES = [1, 2, 4, 8, 16] as const;
export const LARGEST_BATCH = BATCH_SIZES[4];

export type Backend = 'webgpu' | 'wasm';
export type BackendChoice = 'auto' | Backend;

/** Everything that decides the pixels of a run, besides the network and the backend. */
export interface SampleSettings extends RunSettings {
  /** One seed a sample: an integer 0 … 2^32 - 1. */
  readonly seeds: readonly number[];
  /**
   * What labels are indices of where prompts condition the network; else they are indices of its
   * manifest's classes.
   */
  readonly prompts?: readonly string[] | undefined;
  /** One index a sample; the number of classes, or prompts, stands for none. */
  readonly labels: readonly number[];
  /** Every label row is (1 - share) · its class + share · `with`. */
  readonly mix?: { readonly with: number; readonly share: number } | undefined;
  /** Class or prompt in place of none for the unconditional estimate. */
  readonly negative?: number | undefined;
  /** How the networks that enlarge the pictures are sampled, in their order; fewer: the last ones are left out. */
  readonly stages?: readonly StageSettings[] | undefined;
}

/** Why WebGPU is not used although it was asked for. */
export type FallbackReason =
  | 'no-webgpu'
  | 'no-adapter'
  | 'software-adapter'
  | 'no-device'
  | 'trial-failed';

export type Precision = 'fp16' | 'fp32';
/** Automatic: fp16 on a GPU that has it, where the self-check passes. */
export type PrecisionChoice = 'auto' | Precision;

/** What decided the precision. */
export interface PrecisionWhy {
  readonly reason:
    | 'asked'
    /** The CPU computes in float32 as fast. */
    | 'cpu'
    | 'no-shader-f16'
    /** The model has no stored answer to compare with. */
    | 'no-check'
    /** The graph cannot be rewritten. */
    | 'unsuited'
    | 'self-check'
    /** A run lost samples in float16: in float32 since. */
    | 'lost';
  readonly detail: string;
}

/** What decided the largest batch. */
export interface BatchWhy {
  readonly reason:
    | 'asked'
    /** The adapter's buffers. */
    | 'limits'
    /** A larger one failed. */
    | 'memory'
    /** A larger one would take longer than a second. */
    | 'time';
  readonly detail: string;
}

/** What the engine runs on, for the badge. */
export interface BackendInfo {
  readonly backend: Backend;
  /** The GPU as the browser names it; empty for wasm. */
  readonly adapter: string;
  /** Threads of the wasm backend; 1 on WebGPU. */
  readonly threads: number;
  /** Address of the WebAssembly file that computes. */
  readonly runtime?: string;
  /** What the loaded network computes in. */
  readonly precision: Precision;
  /** Why not in float16, or that it was asked for. */
  readonly precisionWhy?: PrecisionWhy | undefined;
  /** Difference of the trial run from the stored answer, where the model has one. */
  readonly difference?: number | undefined;
  /** Largest batch of one network run. */
  readonly maxBatch: number;
  /** What made it smaller than others have it. */
  readonly batchWhy?: BatchWhy | undefined;
  readonly fallback?: { readonly reason: FallbackReason; readonly detail: string };
}

export type DownloadProgress = { readonly phase: 'download' } & FileProgress;

export type LoadProgress = DownloadProgress | { readonly phase: 'prepare' | 'warm-up' };

/** Network evaluations and times of one run. */
export interface RunFigures {
  /** Network evaluations a sample: conditional and unconditional count one each. */
  readonly nfe: number;
  readonly totalMs: number;
  /** Time of the run spent inside the network; of a run that stays on a GPU, and waiting for that. */
  readonly networkMs: number;
  /** Runs that went side by side in the time of this one. Absent: none. */
  readonly sharedBy?: number;
  /** Samples whose numbers are none of a picture any more. Absent: none. */
  readonly lost?: readonly LostSample[];
}

/** What the model's classifier says of the finished samples. */
export interface Verdicts extends Opinion {
  /** The feature network's id: every figure is named after it. */
  readonly network: string;
}

/** What the feature network makes of finished samples as a screen shows them: metrics come from it. */
export interface Measured {
  /** The feature network's id. */
  readonly network: string;
  /** [batch, numClasses]. */
  readonly logits: Float32Array;
  /** [batch, numFeatures]. */
  readonly features: Float32Array;
  /** How well each fits its prompt: `alignments`. Absent where no prompts were asked for. */
  readonly fits?: readonly number[];
}

/**
 * One moment of a run. Pictures are bytes [batch, channels, height, width] as a screen shows them. A
 * stage of n steps has n + 1 frames, the last of which is what it has drawn.
 */
export interface Frame {
  /** Counted through all stages. */
  readonly step: number;
  /** [channels, height, width]. */
  readonly shape: readonly [number, number, number];
  /** Noise level of x; 0 where it is what a stage has drawn. */
  readonly sigma: number;
  /** The noisy picture, scaled to constant variance: x / sqrt(1 + sigma²). */
  readonly x: Uint8Array;
  /** The guided estimate D(x; sigma). */
  readonly denoised: Uint8Array;
  /** By how much the estimate lies above 1 or (negative) below -1, in hundredths up to ±127; else 0. */
  readonly outside: Int8Array;
  /** What the guidance did in this step of the first stage, where it was asked for. */
  readonly inside?: Inside | undefined;
}

/** Asks a run to record what its guidance does at each step. */
export interface InsideOptions {
  /** Evaluates cond, uncond and the noisy classifier at every step, whatever the rule needs. */
  readonly gradient: boolean;
}

/** A curve over the steps; see `differences` and `gradientAgreement` of diffusion/inside. */
export type InsideFigure =
  | keyof Difference
  /** Share of the estimate's numbers outside [-1, 1] by more than 0.01. */
  | 'saturated'
  /** Probability that the feature network gives the class asked for, of the estimate as a screen shows it. */
  | 'opinion'
  /** Cosine of the explicit and the implicit gradient. */
  | 'agreement';

/** A picture with both signs [batch, channels, height, width], each sample on its own scale. */
export interface SignedPicture {
  /** ±127 stands for ±limit and everything beyond. */
  readonly data: Int8Array;
  /** One number a sample. */
  readonly limit: readonly number[];
}

/** What the guidance did at one step. */
export interface Inside {
  /** One number a sample; NaN where a prediction that it needs was not evaluated. */
  readonly figures: Readonly<Record<InsideFigure, readonly number[]>>;
  /** eps_c, eps_u (of autoguidance: of the weak network) and their difference, where both were evaluated. */
  readonly eps?: Readonly<Record<'cond' | 'other' | 'difference', SignedPicture>> | undefined;
  /** grad_x log p(class | x, sigma) of the noisy classifier, and -(eps_c - eps_u)/sigma, on one scale. */
  readonly gradients?: Readonly<Record<'explicit' | 'implicit', SignedPicture>> | undefined;
}

/** A network that is on the visitor's machine only. */
export interface OwnFiles {
  readonly manifest: DenoiserManifest;
  /** Its ONNX file. */
  readonly graph: Blob;
}

export type Request =
  | {
      readonly type: 'load';
      readonly id: number;
      /** Empty: the default of the folder's index. */
      readonly modelId: string;
      readonly baseUrl: string;
      readonly backend: BackendChoice;
      /** Rows that the first run will evaluate at once: the warm-up compiles the network for them. */
      readonly rows: number;
      /** Default: automatic. */
      readonly precision?: PrecisionChoice | undefined;
      /** The files of a network that the visitor brought: nothing is fetched for it. */
      readonly own?: OwnFiles | undefined;
      /** What the conventions of that network are to be compared with. */
      readonly compare?: ComparisonRequest | undefined;
      /** Most rows of one network run. Absent: as many as the device is good for. */
      readonly maxBatch?: number | undefined;
      /** Rows of the run that the device was lost in before. */
      readonly lostAt?: number | undefined;
    }
  | {
      readonly type: 'sample';
      readonly id: number;
      readonly settings: SampleSettings;
      /** Whether the classifier looks at the finished samples. */
      readonly judge: boolean;
      readonly inside?: InsideOptions | undefined;
      /** Ends with logits and features for metrics instead of verdicts, and posts no steps: for sweeps. */
      readonly measure?: boolean | undefined;
      /** Another denoiser of the models folder in place of the loaded one, of its shape and classes. */
      readonly denoiser?: string | undefined;
      /**
       * Time from step to step of a run that is steered: it starts at the settings' guidanceScale,
       * without their shape or curve, and takes another from each `steer` on. Absent: as fast as it goes.
       */
      readonly stepMs?: number | undefined;
    }
  /** The same samples at several scales, side by side. */
  | {
      readonly type: 'film';
      readonly id: number;
      readonly settings: SampleSettings;
      readonly scales: readonly number[];
      /** Whether the classifier looks at the finished samples. */
      readonly judge: boolean;
    }
  /** Another scale for the steered run, from its next step on; without effect once it has ended. */
  | { readonly type: 'steer'; readonly id: number; readonly guidanceScale: number }
  | { readonly type: 'cancel'; readonly id: number };

/** What one scale of a film ends with. */
export interface Take {
  /** Finished samples [batch, channels, height, width] in [-1, 1], unclipped. */
  readonly samples: Float32Array;
  /** numSteps + 1 a stage, the finished samples last. */
  readonly frames: readonly Frame[];
  readonly figures: RunFigures;
  readonly verdicts: Verdicts | undefined;
}

/** Conventions that a network may have been trained by, the one of its manifest first. */
export interface ComparisonRequest {
  readonly rivals: readonly Convention[];
  /** Labels that the network knows; 0: it takes none. */
  readonly labels: number;
}

/** How well each convention fits. */
export interface ComparedNetwork extends Comparison {
  /** Which label seems to stand for no class; absent: it cannot be told. */
  readonly nullLabel?: 'first' | 'last' | 'none';
}

/** Ends a request. */
export type Ending =
  | {
      readonly type: 'ready';
      readonly id: number;
      readonly manifest: DenoiserManifest;
      readonly info: BackendInfo;
      /** What could not be checked about the files. */
      readonly warnings: readonly string[];
      /** Where it was asked for. */
      readonly compared?: ComparedNetwork | undefined;
    }
  | {
      readonly type: 'done';
      readonly id: number;
      /** Finished samples [batch, channels, height, width] in [-1, 1], unclipped. */
      readonly samples: Float32Array;
      readonly frame: Frame;
      readonly figures: RunFigures;
      readonly verdicts: Verdicts | undefined;
      /** Where it was asked for and the model has a feature network. */
      readonly measured?: Measured | undefined;
      /** The scale of every step, of a steered run: as the settings' curve they give the same pixels. */
      readonly scales?: readonly number[] | undefined;
    }
  /** One take a scale, in the order asked for. */
  | { readonly type: 'filmed'; readonly id: number; readonly takes: readonly Take[] }
  | { readonly type: 'cancelled'; readonly id: number }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly kind: ModelErrorKind | 'engine';
      readonly message: string;
    };

/** Every load, sample or film request ends in exactly one `Ending`; progress and steps come before it. */
export type EngineEvent =
  | Ending
  | { readonly type: 'progress'; readonly id: number; readonly progress: LoadProgress }
  /** Some steps of a run, in order: not one by one, because each message costs the page a repaint. */
  | {
      readonly type: 'steps';
      readonly id: number;
      readonly frames: readonly Frame[];
      /** The scales of these steps, of a steered run. */
      readonly scales?: readonly number[] | undefined;
    }
  /** The GPU is gone and this worker with it: the client rebuilds both and repeats what ran. */
  | {
      readonly type: 'device-lost';
      readonly message: string;
      /** Rows of the run during which it was lost; 0 or absent: no run, or the page destroyed the device. */
      readonly batch?: number | undefined;
    }
  /** A run lost samples in float16: the network computes in float32 from now on, and draws it again. */
  | { readonly type: 'full-precision'; readonly info: BackendInfo }
  /** A request is being worked on, though there is nothing to be said of it. */
  | { readonly type: 'alive' }
  /** A batch was too large, for the GPU's memory as a rule; smaller ones do from now on. */
  | { readonly type: 'smaller-batch'; readonly info: BackendInfo };
