import { findGuidanceRule, guidanceRegistry } from '../src/diffusion/guidance';
import type { BenchBackend } from './arguments';

/** One run: Euler's method (`ddim`), whose one evaluation a step leaves overhead nowhere to hide. */
export interface BenchSettings {
  readonly seeds: readonly number[];
  readonly labels: readonly number[];
  readonly numSteps: number;
  /** 1: off. */
  readonly guidanceScale: number;
  readonly guidance: string;
  /** Of a rule that is made for other noise levels than the usual ones. */
  readonly schedule?: string | undefined;
}

/** How much is measured. */
export interface Plan {
  readonly batches: readonly number[];
  /** Batches that are compared with the plain loop. */
  readonly plainBatches: readonly number[];
  steps(batch: number): number;
  /** Batches at which every rule is compared with cfg. */
  readonly ruleBatches: readonly number[];
  /** Steps of whole trajectories, by the network and by its students. */
  readonly trajectorySteps: readonly number[];
  /** Both sides run for this long before they are measured: wasm is compiled twice, the second time well. */
  readonly warmUpMs: number;
  /** Pairs are measured for this long, at least `fewestPairs`, at most `mostPairs`. */
  readonly budgetMs: number;
  /** Between two runs: idle threads of onnxruntime spin for a moment, and would slow the other side. */
  readonly pauseMs: number;
  readonly fewestPairs: number;
  readonly mostPairs: number;
  /** Runs of the page to its canvas. */
  readonly canvasRuns: number;
  readonly canvasSteps: number;
  /** Steps of each of the grid's cells. */
  readonly gridSteps: number;
  /** Visits, each a cold and a warm one. */
  readonly visits: number;
}

export const GUIDANCE_ON = 3;
export const GUIDANCE_OFF = 1;

const FULL: Plan = {
  batches: [1, 8, 16],
  plainBatches: [1, 8],
  ruleBatches: [1, 8],
  steps: (batch) => (batch === 1 ? 20 : batch === 8 ? 8 : 4),
  trajectorySteps: [4, 8, 16],
  warmUpMs: 1500,
  budgetMs: 6000,
  pauseMs: 100,
  fewestPairs: 3,
  mostPairs: 25,
  canvasRuns: 9,
  canvasSteps: 20,
  gridSteps: 16,
  visits: 3,
};

const QUICK: Plan = {
  ...FULL,
  steps: (batch) => (batch === 1 ? 12 : batch === 8 ? 4 : 2),
  warmUpMs: 800,
  budgetMs: 1500,
  canvasRuns: 5,
  gridSteps: 4,
  visits: 1,
};

/** A GPU imitated on the CPU: it shows that the way works, not how fast it is. */
const SOFTWARE_GPU: Plan = {
  ...QUICK,
  batches: [1],
  plainBatches: [1],
  ruleBatches: [1],
  steps: () => 1,
  trajectorySteps: [2],
  warmUpMs: 0,
  budgetMs: 0,
  fewestPairs: 1,
  mostPairs: 1,
  canvasRuns: 1,
  canvasSteps: 1,
};

export function planFor(quick: boolean, softwareGpu = false): Plan {
  if (softwareGpu) return SOFTWARE_GPU;
  return quick ? QUICK : FULL;
}

/** `batch` samples of neighbouring classes, the same on every backend. */
export function settingsFor(
  batch: number,
  numClasses: number,
  numSteps: number,
  guidanceScale: number,
  guidance = 'cfg',
): BenchSettings {
  const samples = Array.from({ length: batch }, (_, i) => i);
  const labels = samples.map((i) => i % numClasses);
  const { schedule } = findGuidanceRule(guidance).madeFor ?? {};
  return { seeds: samples, labels, numSteps, guidanceScale, guidance, schedule };
}

/** The rules that combine two estimates of the network itself, as cfg does, which they are compared with. */
export const TWO_PREDICTION_RULES = guidanceRegistry.filter(
  ({ id, predictions }) => id !== 'cfg' && predictions.join() === 'cond,uncond',
);

/** One measured run. */
export interface TimedRun {
  /** From the request to the answer, on the caller's clock. */
  readonly wallMs: number;
  /** The run as its program counts it. */
  readonly totalMs: number;
  /** Spent in the network. */
  readonly networkMs: number;
}

/** What can be measured on a backend, whatever it is. */
export interface Subject {
  readonly backend: BenchBackend;
  /** The GPU's name, or the number of threads. */
  readonly device: string;
  readonly numClasses: number;
  /** The networks beside it, by what they are. */
  readonly companions: readonly string[];
  run(settings: BenchSettings): Promise<TimedRun>;
  /** The plain loop's wall time. */
  runPlain(settings: BenchSettings): Promise<number>;
  /** Largest difference between the last samples of the two. */
  difference(): Promise<number>;
  /** What was asked of the GPU so far; absent where there is none. */
  counts?(): Promise<DeviceCounts>;
}

/** What a page has asked of its GPU. */
export interface DeviceCounts {
  readonly dispatches: number;
  readonly submits: number;
  readonly readBacks: number;
}
