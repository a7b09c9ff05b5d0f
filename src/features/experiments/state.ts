import type { PointFigures } from '../../diffusion/metrics/point';
import type { DownloadProgress } from '../../engine/protocol';
import type { Results } from '../../settings/results';
import type { Batch, PointRecord } from './kept';
import type { StudyNetworks } from './networks';
import type { Point } from './points';
import type { Series } from './settings';
import type { Unreadable } from './storage';

/** Computes figures away from the main thread. */
export interface Measurer {
  /**
   * The figures of all these samples.
   *
   * @param key of the point: where the batches continue those of the call before, only what is new
   *   is looked at
   * @param network the feature network that made them
   */
  measure(
    key: string,
    network: string,
    batches: readonly Pick<Batch, 'labels' | 'logits' | 'features' | 'fits'>[],
  ): Promise<PointFigures>;
}

/** A point, and how it stands. */
export interface PointState {
  readonly point: Point;
  /** `unread`: what was kept of it is being read. */
  readonly status: 'unread' | 'waiting' | 'running' | 'done' | 'failed' | 'refused';
  readonly record: PointRecord | undefined;
  /** Why it failed. */
  readonly message?: string | undefined;
}

/** A results file that the visitor brought. */
export interface ImportedFile {
  readonly name: string;
  readonly results: Results;
}

export type ExperimentProblem =
  /** What is computed cannot be kept beyond this visit. */
  | { readonly kind: 'storage'; readonly message: string }
  /** The list of networks could not be read. */
  | { readonly kind: 'networks'; readonly message: string }
  /** A file is no result. */
  | { readonly kind: 'file'; readonly message: string };

export interface ExperimentState {
  readonly status: 'idle' | 'running' | 'paused';
  readonly series: readonly Series[];
  /** Samples that each point is to have. */
  readonly samples: number;
  /** Of all curves, curve by curve. */
  readonly points: readonly PointState[];
  /** Files that were brought along. */
  readonly files: readonly ImportedFile[];
  /** undefined: not read yet. */
  readonly networks: StudyNetworks | undefined;
  /** Estimated from the speed so far; undefined where none is known. */
  readonly msLeft: number | undefined;
  /** A network that the running point needs, on its way. */
  readonly download: DownloadProgress | undefined;
  readonly problem: ExperimentProblem | undefined;
  /** What this browser has kept and cannot be read; undefined: nothing of that kind. */
  readonly unreadable: Unreadable | undefined;
}

/** Pictures of a point's first samples. */
export interface PointSamples {
  /** Bytes [batch, channels, height, width]. */
  readonly pictures: Uint8Array;
  readonly labels: readonly number[];
}
