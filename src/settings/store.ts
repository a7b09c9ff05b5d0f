import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineError } from '../engine/client';
import type {
  BackendInfo,
  DownloadProgress,
  FallbackReason,
  LoadProgress,
  RunFigures,
  Verdicts,
} from '../engine/protocol';
import { type ModelsState, NO_MODELS } from '../networks/listed';
import type { DenoiserManifest } from '../networks/manifest';
import { type ColumnSettings, consistent, LIMITS } from './column';
import type { IgnoredPiece } from './column-text';
import type { GridState } from './grid-state';
import { withChanges } from './replaced-sampler';
import type { RunSetting } from './run-settings';
import { FIRST_VISIT, fittedToModel, type Settings } from './settings';
import type { Slice } from './slice';

export type EngineState =
  | { readonly status: 'loading'; readonly progress: LoadProgress | undefined }
  | ReadyEngine
  | { readonly status: 'failed'; readonly kind: EngineError['kind']; readonly message: string };

export interface ReadyEngine {
  readonly status: 'ready';
  readonly info: BackendInfo;
  readonly manifest: DenoiserManifest;
}

/** How the column's run stands, and the figures of what it shows. */
export interface ColumnState {
  /** Stays with the column when others are pinned or removed. */
  readonly id: number;
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly step: number;
  /** Steps until it is done. */
  readonly lastStep: number;
  /** The pictures are those of settings before: the run that replaces them has not begun to show. */
  readonly stale: boolean;
  /** The scale of the pictures, where they are the nearest that is there for the one asked for. */
  readonly filmScale: number | undefined;
  /** Whether those are by the network's student of few steps. */
  readonly filmByStudent: boolean;
  /** Of how many steps one has pictures of its own, where memory has no room for all. */
  readonly keptEvery: number;
  readonly figures: RunFigures | undefined;
  readonly verdicts: Verdicts | undefined;
  readonly message: string | undefined;
  /** A network that the rule needs, on its way. */
  readonly download: DownloadProgress | undefined;
}

export type Notice =
  | { readonly kind: 'misread'; readonly pieces: readonly IgnoredPiece[] }
  /** What another model than before does not know. */
  | { readonly kind: 'refitted'; readonly pieces: readonly IgnoredPiece[] }
  | { readonly kind: 'unchecked'; readonly warnings: readonly string[] }
  | { readonly kind: 'device-lost' }
  /** In smaller batches, where it was lost in one. */
  | { readonly kind: 'recovered'; readonly maxBatch?: number | undefined }
  | { readonly kind: 'smaller-batch'; readonly maxBatch: number }
  | { readonly kind: 'full-precision' }
  | { readonly kind: 'fallback'; readonly reason: FallbackReason }
  /** From a file; whether its network is another one by now. */
  | { readonly kind: 'restored'; readonly file: string; readonly changed: boolean }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** A network that was brought is gone after a reload. */
  | { readonly kind: 'not-kept'; readonly reason: string }
  /** The browser's storage does not answer: nothing is kept. */
  | { readonly kind: 'storage-silent' }
  | { readonly kind: 'not-exported'; readonly reason: string };

export interface AppState {
  readonly settings: Settings;
  /**
   * Counts what was opened as a whole: presets, scenes of the article, steps of the tour, files. Each
   * is a step of the browser's history.
   */
  readonly scene: number;
  /** A slider is being dragged. */
  readonly dragging: boolean;
  /** The scrubber moves by itself. */
  readonly playing: boolean;
  readonly engine: EngineState;
  readonly columns: readonly ColumnState[];
  /** A column's run whose guidance is being changed while it goes, until it ends. */
  readonly steering: SteeringState | undefined;
  readonly grid: GridState;
  readonly models: ModelsState;
  readonly notice: Notice | undefined;
  /** The engine has said nothing of its work for a long time. */
  readonly silent: boolean;
}

export interface SteeringState {
  readonly columnId: number;
  /** As it is set now; the run takes it from its next step on. */
  readonly guidanceScale: number;
  /** The scales of the steps taken so far. */
  readonly scales: readonly number[];
}

export const idleColumn = (id: number): ColumnState => ({
  id,
  status: 'waiting',
  step: 0,
  lastStep: 0,
  stale: false,
  filmScale: undefined,
  filmByStudent: false,
  keptEvery: 1,
  figures: undefined,
  verdicts: undefined,
  message: undefined,
  download: undefined,
});

export type Store = StoreApi<AppState>;

export function createAppStore(settings: Settings = FIRST_VISIT): Store {
  return createStore<AppState>()(() => ({
    settings,
    scene: 0,
    dragging: false,
    playing: false,
    engine: { status: 'loading', progress: undefined },
    columns: settings.columns.map((_, i) => idleColumn(i)),
    steering: undefined,
    grid: { paused: false, cells: [] },
    models: NO_MODELS,
    notice: undefined,
    silent: false,
  }));
}

/** Changes settings that all columns share. */
export function change(store: Store, changes: Partial<Settings>): void {
  store.setState(({ settings }) => ({ settings: { ...settings, ...changes } }));
}

/** Changes a feature's part of the settings. */
export function changeSlice<T>(store: Store, slice: Slice<T>, value: T): void {
  store.setState(({ settings }) => ({ settings: slice.put(settings, value) }));
}

/** Another class, word or none: new noise too, unless the seed is locked. */
export function changeSubject(store: Store, subject: Settings['subject']): void {
  const { seedLocked } = store.getState().settings;
  change(store, { subject, picked: 0, ...(seedLocked ? {} : { seed: newSeed() }) });
}

export function rollSeed(store: Store): void {
  change(store, { seed: newSeed() });
}

/** Changes the active column. A parameter that its new choices do not declare falls away; a sampler that a rule had replaced comes back. */
export function changeColumn(store: Store, changes: Partial<ColumnSettings>): void {
  store.setState(({ settings }) => ({
    settings: {
      ...settings,
      columns: settings.columns.map((column, i) =>
        i === settings.active ? withChanges(column, changes, consistent) : column,
      ),
    },
  }));
}

/** Changes one setting of the active column, where other settings have nothing to do with it. */
export function changeSetting(
  store: Store,
  setting: Pick<RunSetting, 'put'>,
  value: unknown,
): void {
  store.setState(({ settings }) => ({
    settings: {
      ...settings,
      columns: settings.columns.map((column, i) =>
        i === settings.active ? setting.put(column, value) : column,
      ),
    },
  }));
}

/** The whole arrangement at once, as presets set it. */
export function arrange(store: Store, columns: readonly ColumnSettings[], active: number): void {
  store.setState((state) => ({
    settings: { ...state.settings, columns, active, layout: 'columns', position: 1 },
    columns: columns.map((_, i) => idleColumn(unusedId(state) + i)),
    scene: state.scene + 1,
    playing: false,
  }));
}

/** All settings at once, as a scene or an exported file brings them. */
export function openSettings(store: Store, settings: Settings): void {
  store.setState((state) => ({
    ...withSettings(state, settings),
    scene: state.scene + 1,
    playing: false,
    notice: undefined,
  }));
}

/**
 * All settings at once, as they were before: what undo and the browser's history do. Those of another
 * network wait for it; those of this one are put in order, for an entry of the history may be older
 * than the page.
 */
export function returnToSettings(store: Store, wanted: Settings): void {
  store.setState((state) => {
    const { engine } = state;
    const ofAnother = wanted.model !== state.settings.model;
    const isKnown = !ofAnother && engine.status === 'ready' && engine.manifest.id === wanted.model;
    const { settings, ignored } = isKnown
      ? fittedToModel(wanted, engine.manifest)
      : { settings: wanted, ignored: [] };
    return {
      ...withSettings(state, settings),
      ...(ofAnother && { engine: { status: 'loading', progress: undefined } as const }),
      ...(ignored.length > 0 && { notice: { kind: 'misread', pieces: ignored } as const }),
      playing: false,
    };
  });
}

/**
 * Other settings, with what is known of their columns: one that is set as it was keeps its id and
 * with it its pictures, wherever it stands now; one that is set otherwise keeps its place's.
 */
function withSettings(state: AppState, settings: Settings): Pick<AppState, 'settings' | 'columns'> {
  const { columns: states } = state;
  const before = state.settings.columns.map((column) => JSON.stringify(column));
  const free = new Set(states.keys());
  const same = settings.columns.map((column, i) => {
    const text = JSON.stringify(column);
    const at = [i, ...free].find((index) => free.has(index) && before[index] === text);
    if (at !== undefined) free.delete(at);
    return at;
  });
  let id = unusedId(state);
  const columns = same.map((at, i) => {
    const from = at ?? (free.delete(i) ? i : undefined);
    return from === undefined ? idleColumn(id++) : states[from]!;
  });
  return { settings, columns };
}

export function selectColumn(store: Store, active: number): void {
  change(store, { active });
}

/** Keeps the active column as it is and goes on in a copy to its right. */
export function pinColumn(store: Store): void {
  const state = store.getState();
  const { settings, columns } = state;
  const { active } = settings;
  if (settings.columns.length >= LIMITS.columns) return;
  store.setState({
    settings: {
      ...settings,
      columns: settings.columns.toSpliced(active + 1, 0, settings.columns[active]!),
      active: active + 1,
    },
    columns: columns.toSpliced(active + 1, 0, idleColumn(unusedId(state))),
  });
}

/**
 * Shows the columns with this one among them, and makes it active: one that is set so already, or a
 * new one to the right of the active one, in place of its neighbour where there is no room.
 *
 * @param changes settings that all columns share
 */
export function showColumn(
  store: Store,
  column: ColumnSettings,
  changes: Partial<Omit<Settings, 'columns' | 'active' | 'layout'>>,
): void {
  const state = store.getState();
  const { settings, columns } = state;
  const wanted = JSON.stringify(column);
  const twin = settings.columns.findIndex((other) => JSON.stringify(other) === wanted);
  const full = settings.columns.length >= LIMITS.columns;
  const right = full ? Math.min(settings.active + 1, LIMITS.columns - 1) : settings.active + 1;
  const at = full && right === settings.active ? right - 1 : right;
  const inserted = twin < 0;
  const active = inserted ? at : twin;
  const replaced = full ? 1 : 0;
  store.setState({
    settings: {
      ...settings,
      ...changes,
      layout: 'columns',
      active,
      columns: inserted ? settings.columns.toSpliced(at, replaced, column) : settings.columns,
    },
    columns: inserted ? columns.toSpliced(at, replaced, idleColumn(unusedId(state))) : columns,
  });
}

export function removeColumn(store: Store, index: number): void {
  const { settings, columns } = store.getState();
  if (settings.columns.length === 1) return;
  const active = settings.active > index ? settings.active - 1 : settings.active;
  store.setState({
    settings: {
      ...settings,
      columns: settings.columns.toSpliced(index, 1),
      active: Math.min(active, settings.columns.length - 2),
    },
    columns: columns.toSpliced(index, 1),
  });
}

function unusedId({ columns }: AppState): number {
  return Math.max(...columns.map(({ id }) => id)) + 1;
}

function newSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % 100_000;
}
