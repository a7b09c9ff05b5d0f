import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BackendInfo } from '../engine/protocol';
import { FIRST_VISIT } from './settings';
import { defineSlice } from './slice';
import {
  arrange,
  change,
  changeColumn,
  changeSlice,
  createAppStore,
  removeColumn,
  returnToSettings,
  type Store,
  selectColumn,
} from './store';
import { createUndo, type Undo } from './undo';

const SETTLED_MS = 500;

let store: Store;
let undo: Undo;
const onOtherModel = vi.fn();

const drawn = defineSlice<number>({ key: 'drawn', default: 0, read: Number, write: String });
const place = defineSlice<number>({ ...drawn, key: 'place', role: 'step' });

beforeEach(() => {
  vi.useFakeTimers();
  onOtherModel.mockClear();
  store = createAppStore({
    ...FIRST_VISIT,
    slices: new Map([
      [drawn, 0],
      [place, 0],
    ]),
  });
  undo = createUndo(store, onOtherModel);
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTime(SETTLED_MS);
const settings = () => store.getState().settings;
const scales = () => settings().columns.map(({ guidanceScale }) => guidanceScale);
const ids = () => store.getState().columns.map(({ id }) => id);
const can = () => {
  const { undo: back, redo: again } = undo.state.getState();
  return [back !== undefined, again !== undefined];
};

test('a settled change comes back and goes again', () => {
  expect(can()).toEqual([false, false]);
  changeColumn(store, { guidanceScale: 5 });
  expect(can()).toEqual([false, false]);
  settle();
  expect(can()).toEqual([true, false]);
  undo.undo();
  expect(scales()).toEqual([1, 3, 8]);
  expect(can()).toEqual([false, true]);
  undo.undo(); // nothing
  undo.redo();
  expect(scales()).toEqual([1, 5, 8]);
  expect(can()).toEqual([true, false]);
  settle();
  expect(can(), 'undo and redo are no changes').toEqual([true, false]);
});

test('a whole drag is one change, however long it lasts', () => {
  store.setState({ dragging: true });
  for (const guidanceScale of [4, 5, 6]) {
    changeColumn(store, { guidanceScale });
    vi.advanceTimersByTime(2 * SETTLED_MS);
  }
  expect(can()).toEqual([false, false]);
  store.setState({ dragging: false });
  settle();
  undo.undo();
  expect(scales()).toEqual([1, 3, 8]);
  expect(can()).toEqual([false, true]);
});

test('undo takes back what has not settled yet', () => {
  change(store, { seed: 1 });
  settle();
  change(store, { seed: 2 });
  undo.undo();
  expect(settings().seed).toBe(1);
  undo.undo();
  expect(settings().seed).toBe(FIRST_VISIT.seed);
});

test('a change after an undo leaves nothing to redo', () => {
  change(store, { seed: 1 });
  settle();
  undo.undo();
  change(store, { count: 4 });
  settle();
  expect(can()).toEqual([true, false]);
});

test('where one is and looks is no change, and stays', () => {
  change(store, { seed: 1 });
  settle();
  const aside = { page: 'moon', position: 0.5, picked: 3, theme: 'dark', language: 'zh' } as const;
  change(store, aside);
  selectColumn(store, 0);
  changeSlice(store, place, 4);
  settle();
  undo.undo();
  expect(settings()).toMatchObject({ ...aside, active: 0, seed: FIRST_VISIT.seed });
  expect(place.of(settings())).toBe(4);
  expect(can()).toEqual([false, true]);
});

test('a feature’s part of the settings comes back', () => {
  changeSlice(store, drawn, 7);
  settle();
  undo.undo();
  expect(drawn.of(settings())).toBe(0);
  undo.redo();
  expect(drawn.of(settings())).toBe(7);
});

test('a closed column comes back, and those beside it keep their pictures', () => {
  const [first, second, third] = ids();
  removeColumn(store, 1);
  settle();
  expect(ids()).toEqual([first, third]);
  undo.undo();
  expect(scales()).toEqual([1, 3, 8]);
  const [one, back, three] = ids();
  expect([one, three]).toEqual([first, third]);
  expect([first, third, undefined]).not.toContain(back);
  undo.redo();
  expect(ids()).toEqual([first, third]);
  expect(second).toBeDefined();
});

test('a column that is set otherwise keeps its place’s id', () => {
  const before = ids();
  changeColumn(store, { guidanceScale: 5 });
  settle();
  undo.undo();
  expect(ids()).toEqual(before);
});

test('what a preset replaced comes back, with the column that was chosen', () => {
  changeColumn(store, { guidanceScale: 5 });
  settle();
  arrange(store, settings().columns.slice(0, 1), 0);
  settle();
  expect(scales()).toEqual([1]);
  undo.undo();
  expect(scales()).toEqual([1, 5, 8]);
  expect(settings().active).toBe(1);
});

test('what a network brings about itself is no change; another network is, and comes back', () => {
  const failed = { status: 'failed', kind: 'engine', message: '' } as const;
  store.setState(({ settings: now }) => ({ settings: { ...now, seed: 9 }, engine: failed }));
  settle();
  expect(can()).toEqual([false, false]);

  change(store, { model: 'other' });
  settle();
  undo.undo();
  expect(settings()).toMatchObject({ model: FIRST_VISIT.model, seed: 9 });
  expect(store.getState().engine.status).toBe('loading');
  expect(onOtherModel).toHaveBeenCalledOnce();
  settle();
  expect(can()).toEqual([false, true]);
});

test('what was done before the site’s network was known comes back on it, without loading it again', () => {
  change(store, { seed: 9 });
  settle();
  const ready = { status: 'failed', kind: 'engine', message: '' } as const;
  store.setState(({ settings: now }) => ({ settings: { ...now, model: 'site' }, engine: ready }));
  settle();
  undo.undo();
  expect(settings()).toMatchObject({ model: 'site', seed: FIRST_VISIT.seed });
  expect(onOtherModel).not.toHaveBeenCalled();
});

test('settings from a history that is older than the page are put in order for its network', () => {
  const manifest = JSON.parse(readFileSync('e2e/models/tiny/manifest.json', 'utf8'));
  const model = 'tiny';
  const engine = { status: 'ready', manifest, info: {} as BackendInfo } as const;
  store.setState(({ settings }) => ({ engine, settings: { ...settings, model } }));
  const unnamed = { kind: 'class', name: '' } as const;
  returnToSettings(store, { ...settings(), subject: unnamed });
  expect(settings().subject).toEqual({ kind: 'class', name: manifest.classes[0] });
  expect(store.getState().notice).toBeUndefined();

  const unknown = { kind: 'class', name: 'zebra' } as const;
  returnToSettings(store, { ...settings(), subject: unknown });
  expect(settings().subject).toEqual({ kind: 'class', name: manifest.classes[0] });
  const pieces = [{ key: 'draw', text: 'zebra' }];
  expect(store.getState().notice).toEqual({ kind: 'misread', pieces });
});
