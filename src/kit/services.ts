import type { Loaded } from '../engine/client';
import type { Frame, OwnFiles, SampleSettings } from '../engine/protocol';
import type { Undo } from '../settings/undo';
import type { Result } from './result-cache';
import { defineService } from './service';

/** Loads the page's network and keeps the columns' pictures up to date with the settings. */
export interface ColumnRuns {
  /** Loads the network of the settings, or the site's default one. */
  load(): Promise<void>;
  /** Loads another network. */
  switchTo(model: string): Promise<void>;
  /** The engine is ready after it was rebuilt. */
  ready(loaded: Loaded): void;
  /** Runs again what has failed. */
  repeat(): void;
  /** Starts a slow run of the active column whose scale is changed while it goes. */
  steer(): void;
  steerTo(scale: number): void;
  stopSteering(): void;
}
export const columnRuns = defineService<ColumnRuns>('column runs');

/** The networks that the visitor brought, which are on no server. */
export interface BroughtNetworks {
  /** Its files; undefined for ids of other networks. */
  find(id: string): Promise<OwnFiles> | undefined;
}
export const broughtNetworks = defineService<BroughtNetworks>('brought networks');

/** What the cells of the grid show. */
export interface GridPictures {
  picture(index: number): { readonly frame: Frame; readonly stale: boolean } | undefined;
}
export const gridPictures = defineService<GridPictures>('grid pictures');

/** The pictures of a column at one guidance scale. */
export interface FilmTake extends Pick<Result, 'trajectory' | 'done'> {
  readonly scale: number;
  /** The run that it is of. */
  readonly settings: SampleSettings;
  /** Drawn by the network's student of few steps, until the network itself has drawn it. */
  readonly byStudent: boolean;
}

/** The active column's pictures at every guidance scale that has been computed. */
export interface FilmPictures {
  /** In the order of their scales; none where the column has no scale. */
  takes(): readonly FilmTake[];
  /** The same by the network's student of few steps, at the scales that are not among those. */
  studentTakes(): readonly FilmTake[];
  /** The same of the picked sample, by the network or else by its student: its takes come first. */
  pickedTakes(): readonly FilmTake[];
  /** Counts the changes: a snapshot for whoever draws the film. */
  readonly version: number;
  subscribe(listener: () => void): () => void;
}
export const filmPictures = defineService<FilmPictures>('film pictures');
/** Takes changes of the settings back. */
export const settingsUndo = defineService<Undo>('undo');
