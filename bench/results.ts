import type { BenchBackend } from './arguments';
import type { DeviceCounts } from './settings';
import type { Ratio } from './statistics';

/** What one run of the benchmark found; the JSON file holds exactly this. */
export interface Results {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly system: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly model: string;
  readonly quick: boolean;
  readonly steps: readonly StepCost[];
  readonly guidance: readonly Comparison[];
  readonly plain: readonly Comparison[];
  readonly rules: readonly RuleCost[];
  readonly trajectories: readonly TrajectoryCost[];
  readonly canvas: readonly CanvasCost[];
  readonly firstSample: readonly FirstSample[];
  readonly grid: readonly GridCost[];
  readonly models: readonly ModelCost[];
  /** Why something was not measured. */
  readonly notes: readonly string[];
}

interface Where {
  readonly backend: BenchBackend;
  /** The GPU's name, or the number of threads. */
  readonly device: string;
}

export interface StepCost extends Where {
  readonly batch: number;
  readonly guidanceScale: number;
  readonly numSteps: number;
  /** Medians over the runs. */
  readonly msPerStep: number;
  /** 1 - networkMs/totalMs. */
  readonly outsideShare: number;
}

/** Guidance on over off, or the engine over the plain loop. */
export interface Comparison extends Where {
  readonly batch: number;
  readonly ratio: Ratio;
  readonly msPerStep: readonly [number, number];
}

/** A rule over cfg, both with two evaluations a step. */
export interface RuleCost extends Comparison {
  readonly rule: string;
}

/** A whole trajectory, from noise to pictures; cfg where nothing else is said. */
export interface TrajectoryCost extends Where {
  readonly batch: number;
  /** Our engine, the plain loop, or the engine of another checkout. */
  readonly by: 'engine' | 'plain loop' | 'engine before';
  readonly rule: string;
  readonly numSteps: number;
  readonly msPerStep: number;
  /** Pictures a second. */
  readonly perSecond: number;
  /** Its time over that of cfg at the most steps, by the rounds. */
  readonly overLongest: Ratio;
  readonly outsideShare?: number;
  /** A step's share of what the last run asked of the GPU, read-backs of its pictures among it. */
  readonly onDevice?: DeviceCounts;
}

/** The page itself: from the sample request to the painted last frame. Medians over the runs. */
export interface CanvasCost extends Where {
  readonly batch: number;
  readonly numSteps: number;
  readonly runs: number;
  readonly msPerStep: number;
  /** Share of the whole outside the network. */
  readonly outsideShare: number;
  /** Where it goes: in the worker's own run, and between worker and screen, ms a step. */
  readonly workerMsPerStep: number;
  readonly canvasMsPerStep: number;
}

/** The page's main thread while its grid fills, from the click that opens it. */
export interface GridCost extends Where {
  readonly model: string;
  readonly cells: number;
  readonly numSteps: number;
  readonly totalMs: number;
  /** Tasks over 50 ms, and the longest of them: 0 if there is none. */
  readonly longTasks: number;
  readonly longestTaskMs: number;
  /** Time on a core of the task that had most: without what it waited while others had the core. */
  readonly busiestTaskMs: number;
}

/** A network without guidance, one evaluation a step, against matrix products on the same provider. */
export interface ModelCost extends Where {
  readonly model: string;
  readonly precision: 'fp16' | 'fp32';
  readonly batch: number;
  /** Rows of its largest run: below `batch`, the engine took several. */
  readonly largestRun: number;
  readonly numSteps: number;
  readonly msPerStep: number;
  /** 10^9 operations a second, multiply and add counted as two: the network's, and the products'. */
  readonly gflops: number;
  readonly productGflops: number;
  /** The network's over the products', by the pairs. */
  readonly share: Ratio;
  /** Taken by the loaded network and its runtime, without what lies on a GPU. */
  readonly memoryMb: number | undefined;
}

/** From the navigation, in ms. Medians over the visits. */
export interface Visit {
  /** The model is loaded and warm: the first request for samples goes out. */
  readonly readyMs: number;
  /** The first finished samples are painted. */
  readonly paintedMs: number;
}

export interface FirstSample extends Where {
  readonly samples: number;
  readonly numSteps: number;
  readonly cold: Visit;
  readonly warm: Visit;
}
