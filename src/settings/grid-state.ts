import type { DownloadProgress, RunFigures, SampleSettings, Verdicts } from '../engine/protocol';
import type { ColumnSettings } from './column';
import type { Subject } from './subject';

/** Why a cell cannot be drawn as its headers say. */
export type Refusal =
  /** The model has no network for a prediction of the rule. */
  | { readonly kind: 'prediction'; readonly guidance: string }
  /** The rule works with first-order samplers only. */
  | { readonly kind: 'sampler'; readonly guidance: string; readonly sampler: string }
  /** The setting of an axis has no meaning in this cell: a parameter of another sampler, the scale of a rule without one. */
  | { readonly kind: 'unused'; readonly key: string }
  /** The model does not know the class. */
  | { readonly kind: 'class'; readonly name: string }
  /** Both axes set the same thing, to different values. */
  | { readonly kind: 'conflict' };

/** One cell: a single sample at the settings of the active column, with one value of each axis in their place. */
export interface Cell {
  readonly subject: Subject;
  readonly seed: number;
  readonly column: ColumnSettings;
  /** Which of the page's samples it is, if it is one. */
  readonly ofPage?: number;
  /** What the engine is asked for; absent where there is a refusal. */
  readonly sample?: SampleSettings;
  /** The sample as text: equal keys mean equal pixels. */
  readonly key?: string;
  readonly refusal?: Refusal;
}

/** A cell, and how it stands. */
export interface CellState {
  readonly cell: Cell;
  readonly status: 'waiting' | 'running' | 'done' | 'failed' | 'refused';
  readonly figures?: RunFigures;
  readonly verdicts?: Verdicts | undefined;
  /** Why it failed. */
  readonly message?: string;
}

export interface GridState {
  readonly paused: boolean;
  /** Row by row. */
  readonly cells: readonly CellState[];
  /** A network that the running cell's rule needs, on its way. */
  readonly download?: DownloadProgress | undefined;
}
