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
import type { Manifest } from '../models/manifest';
import { type ColumnSettings, consistent, FIRST_VISIT, LIMITS, type Settings } from './settings';
import type { Misread } from './url';

export type EngineState =
  | { readonly status: 'loading'; readonly progress: LoadProgress | undefined }
  | { readonly status: 'ready'; readonly info: BackendInfo; readonly manifest: Manifest }
  | { readonly status: 'failed'; readonly kind: EngineError['kind']; readonly message: string };

/** How the column's run stands, and the figures of what it shows. */
export interface ColumnState {
  /** Stays with the column when others are pinned or removed. */
  readonly id: number;
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly step: number;
  readonly numSteps: number;
  /** The pictures come from a run of fewer steps, made while a slider moved. */
  readonly preview: boolean;
  readonly figures: RunFigures | undefined;
  readonly verdicts: Verdicts | undefined;
  readonly message: string | undefined;
  /** A network that the rule needs, on its way. */
  readonly download: DownloadProgress | undefined;
}

export type Notice =
  | { readonly kind: 'misread'; readonly pieces: readonly Misread[] }
  | { readonly kind: 'unchecked'; readonly warnings: readonly string[] }
  | { readonly kind: 'device-lost' }
  | { readonly kind: 'recovered' }
  | { readonly kind: 'fallback'; readonly reason: FallbackReason }
  | { readonly kind: 'copied' }
  | { readonly kind: 'link'; readonly address: string };

export interface AppState {
  readonly settings: Settings;
  /** A slider is being dragged: runs are previews. */
  readonly dragging: boolean;
  /** The scrubber moves by itself. */
  readonly playing: boolean;
  readonly engine: EngineState;
  readonly columns: readonly ColumnState[];
  readonly notice: Notice | undefined;
}

export const idleColumn = (id: number): ColumnState => ({
  id,
  status: 'waiting',
  step: 0,
  numSteps: 0,
  preview: false,
  figures: undefined,
  verdicts: undefined,
  message: undefined,
  download: undefined,
});

export type Store = StoreApi<AppState>;

export function createAppStore(settings: Settings = FIRST_VISIT): Store {
  return createStore<AppState>()(() => ({
    settings,
    dragging: false,
    playing: false,
    engine: { status: 'loading', progress: undefined },
    columns: settings.columns.map((_, i) => idleColumn(i)),
    notice: undefined,
  }));
}

/** Changes settings that all columns share. */
export function change(store: Store, changes: Partial<Settings>): void {
  store.setState(({ settings }) => ({ settings: { ...settings, ...changes } }));
}

/** Another class, word or none: new noise too, unless the seed is locked. */
export function changeSubject(store: Store, subject: Settings['subject']): void {
  const { seedLocked } = store.getState().settings;
  change(store, { subject, picked: 0, ...(seedLocked ? {} : { seed: newSeed() }) });
}

export function rollSeed(store: Store): void {
  change(store, { seed: newSeed() });
}

/** Changes the active column. A parameter that its new choices do not declare falls away. */
export function changeColumn(store: Store, changes: Partial<ColumnSettings>): void {
  store.setState(({ settings }) => ({
    settings: {
      ...settings,
      columns: settings.columns.map((column, i) =>
        i === settings.active ? consistent({ ...column, ...changes }) : column,
      ),
    },
  }));
}

/** The whole arrangement at once, as presets set it. */
export function arrange(store: Store, columns: readonly ColumnSettings[], active: number): void {
  store.setState((state) => ({
    settings: { ...state.settings, columns, active, position: 1 },
    columns: columns.map((_, i) => idleColumn(unusedId(state) + i)),
    playing: false,
  }));
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
