import { createStore, type StoreApi } from 'zustand/vanilla';
import { namesNetwork, withNetwork } from './address';
import type { Settings } from './settings';
import { returnToSettings, type Store } from './store';

/** How long nothing must change for a change to be settled. */
const SETTLED_MS = 500;
const MOST_ENTRIES = 100;

/** What is no change of what is drawn: where the visitor is and looks, and how the page speaks and computes. */
const LEFT_ALONE = [
  'page',
  'position',
  'picked',
  'active',
  'wipeDivider',
  'unit',
  'backend',
  'projector',
  'expert',
  'film',
  'precision',
  'maxBatch',
  'language',
  'theme',
] as const satisfies readonly (keyof Settings)[];

/** The last change and the one that was undone last: the settings on either side. */
interface UndoState {
  readonly undo: SettingsChange | undefined;
  readonly redo: SettingsChange | undefined;
}

export interface SettingsChange {
  readonly from: Settings;
  readonly to: Settings;
}

/** Remembers every settled change of the settings and takes it back. */
export interface Undo {
  readonly state: StoreApi<UndoState>;
  undo(): void;
  redo(): void;
}

/**
 * Watches a store: a whole drag of a slider is one change, and so is what changes in quick
 * succession. What comes with another state of the engine is the page's own and no change.
 *
 * @param onReturn told after settings came back that another network is to draw
 */
export function createUndo(store: Store, onOtherModel: () => void): Undo {
  const state = createStore<UndoState>()(() => ({ undo: undefined, redo: undefined }));
  let past: SettingsChange[] = [];
  let future: SettingsChange[] = [];
  let settled = store.getState().settings;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = () => state.setState({ undo: past.at(-1), redo: future.at(-1) });

  const settle = () => {
    clearTimeout(timer);
    timer = undefined;
    const { settings } = store.getState();
    if (same(settled, settings)) return;
    past = [...past, { from: settled, to: settings }].slice(-MOST_ENTRIES);
    future = [];
    settled = settings;
    tell();
  };

  let first: Settings | undefined;
  store.subscribe((now, before) => {
    if (namesNetwork(now, before)) first = now.settings;
    if (now.engine !== before.engine) {
      // What a network does not know was put in order.
      if (timer === undefined && !now.dragging) settled = now.settings;
    } else if (now.dragging) {
      clearTimeout(timer);
      timer = undefined;
    } else if (before.dragging || !same(now.settings, before.settings)) {
      clearTimeout(timer);
      timer = setTimeout(settle, SETTLED_MS);
    }
  });

  const goTo = (target: Settings) => {
    const { settings } = store.getState();
    settled = returned(settings, withNetwork(target, first));
    returnToSettings(store, settled);
    clearTimeout(timer); // of this change itself
    timer = undefined;
    tell();
    if (settled.model !== settings.model) onOtherModel();
  };

  return {
    state,
    undo() {
      settle();
      const change = past.at(-1);
      if (!change) return;
      past = past.slice(0, -1);
      future = [...future, change];
      goTo(change.from);
    },
    redo() {
      settle();
      const change = future.at(-1);
      if (!change) return;
      future = future.slice(0, -1);
      past = [...past, change];
      goTo(change.to);
    },
  };
}

/** Settings as they were, but for what undo leaves alone. */
function returned(now: Settings, target: Settings): Settings {
  const kept = Object.fromEntries(LEFT_ALONE.map((key) => [key, now[key]]));
  const sameColumns = JSON.stringify(now.columns) === JSON.stringify(target.columns);
  const slices = [...target.slices].map(([slice, value]) => {
    return [slice, slice.role ? slice.of(now) : value] as const;
  });
  return {
    ...target,
    ...kept,
    active: sameColumns ? now.active : target.active,
    slices: new Map(slices),
  };
}

/** Whether nothing differs that undo would bring back. */
function same(a: Settings, b: Settings): boolean {
  if (a === b) return true;
  const keys = Object.keys(a) as (keyof Settings)[];
  const left: readonly string[] = [...LEFT_ALONE, 'slices'];
  return (
    keys.every((key) => left.includes(key) || a[key] === b[key] || text(a[key]) === text(b[key])) &&
    [...a.slices].every(([slice, value]) => {
      const other = slice.of(b);
      return slice.role !== undefined || value === other || text(value) === text(other);
    })
  );
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
