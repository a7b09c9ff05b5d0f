import { beforeEach, describe, expect, test } from 'vitest';
import { Cancelled, EngineError, type Finished, type Loaded } from '../engine/client';
import type { Frame, SampleSettings } from '../engine/protocol';
import { Runner } from './runner';
import { type ColumnSettings, DEFAULT_COLUMN, FIRST_VISIT } from './settings';
import {
  type AppState,
  change,
  changeColumn,
  createAppStore,
  pinColumn,
  removeColumn,
  type Store,
  selectColumn,
} from './store';
import { frameAt, Trajectories } from './trajectories';

/** A run that the fake engine was asked for; a test ends it by hand. */
interface Run {
  readonly settings: SampleSettings;
  readonly judge: boolean;
  readonly signal: AbortSignal;
  step(): void;
  finish(msPerEvaluation?: number): Promise<void>;
  fail(): Promise<void>;
}

const shape = [1, 8, 8] as const;
const manifest = { id: 'tiny', role: 'denoiser', classes: ['A', 'B'], shape } as never;
const info = { backend: 'wasm', adapter: '', threads: 1, precision: 'f32', maxBatch: 16 } as const;
const loaded: Loaded = { manifest, info, warnings: [] };
const frame = (step: number): Frame => ({
  step,
  sigma: 1,
  x: new Uint8Array(64),
  denoised: new Uint8Array(64),
});
const settle = () => new Promise((resolve) => setImmediate(resolve));

let runs: Run[];
let loads: { resolve(loaded: Loaded): void; reject(error: Error): void }[];
let store: Store;
let trajectories: Trajectories;
let runner: Runner;

const client = {
  load: () => new Promise<Loaded>((resolve, reject) => loads.push({ resolve, reject })),
  sample: (
    settings: SampleSettings,
    options: { judge?: boolean; signal?: AbortSignal; onFrame?: (frame: Frame) => void } = {},
  ) =>
    new Promise<Finished>((resolve, reject) => {
      const { judge = true, signal = new AbortController().signal, onFrame } = options;
      signal.addEventListener('abort', () => reject(new Cancelled('replaced')));
      let steps = 0;
      runs.push({
        settings,
        judge,
        signal,
        step: () => onFrame?.(frame(steps++)),
        async finish(msPerEvaluation = 1) {
          while (steps < settings.numSteps) onFrame?.(frame(steps++));
          const nfe = 2 * settings.numSteps;
          const totalMs = msPerEvaluation * nfe * settings.seeds.length;
          resolve({
            type: 'done',
            id: 0,
            samples: new Float32Array(64),
            frame: frame(steps),
            figures: { nfe, totalMs, networkMs: totalMs },
            verdicts: undefined,
          });
          await settle();
        },
        async fail() {
          reject(new EngineError('engine', 'out of memory'));
          await settle();
        },
      });
    }),
};

const newest = () => runs.at(-1)!;
const scales = () => runs.map(({ settings }) => settings.modifiers.guidanceScale);
const statuses = () => store.getState().columns.map(({ status }) => status);
const drag = (dragging: boolean) => store.setState({ dragging } satisfies Partial<AppState>);
const scale = (guidanceScale: number) => changeColumn(store, { guidanceScale });

/** A page with these columns whose model has just been loaded. */
async function start(columns: Partial<ColumnSettings>[], active = 0): Promise<void> {
  runs = [];
  loads = [];
  store = createAppStore({
    ...FIRST_VISIT,
    count: 1,
    subject: { kind: 'class', name: 'A' },
    columns: columns.map((column) => ({ ...DEFAULT_COLUMN, ...column })),
    active,
  });
  trajectories = new Trajectories();
  runner = new Runner(store, client, trajectories, 'http://localhost/models/');
  const loading = runner.load();
  loads[0]?.resolve(loaded);
  await loading;
}

async function finishAll(): Promise<void> {
  for (let done = 0; done < runs.length; done++) await runs[done]!.finish();
}

describe('columns', () => {
  beforeEach(() => start([{ guidanceScale: 1 }, { guidanceScale: 3 }, { guidanceScale: 8 }], 1));

  test('run one at a time, the active one first, each once', async () => {
    expect(scales()).toEqual([3]);
    await runs[0]!.finish();
    expect(scales()).toEqual([3, 1]);
    expect(statuses()).toEqual(['running', 'done', 'waiting']);
    await finishAll();
    expect(scales()).toEqual([3, 1, 8]);
    expect(statuses()).toEqual(['done', 'done', 'done']);
    expect(runs.every(({ judge }) => judge)).toBe(true);
    expect(new Set(runs.map(({ settings }) => settings.seeds[0])).size).toBe(1);
  });

  test('only the one that changed runs again; the seed changes all', async () => {
    await finishAll();
    scale(5);
    await finishAll();
    expect(scales()).toEqual([3, 1, 8, 5]);
    change(store, { seed: 99 });
    await finishAll();
    expect(scales()).toEqual([3, 1, 8, 5, 5, 1, 8]);
    change(store, { view: 'noisy', position: 0.5 });
    selectColumn(store, 2);
    await settle();
    expect(runs).toHaveLength(7);
  });

  test('a twin takes the pictures of the other without a run', async () => {
    await finishAll();
    pinColumn(store);
    await settle();
    expect(runs).toHaveLength(3);
    const [, left, right] = store.getState().columns;
    expect(trajectories.shown(right!.id)).toBe(trajectories.shown(left!.id));
    expect(right).toMatchObject({ status: 'done', figures: left!.figures });
  });

  test('a column that becomes a twin while it runs is done, not waiting for ever', async () => {
    await runs[0]!.finish();
    selectColumn(store, 0);
    scale(3);
    await settle();
    expect(runs[1]!.signal.aborted).toBe(true);
    await finishAll();
    expect(statuses()).toEqual(['done', 'done', 'done']);
    expect(scales()).toEqual([3, 1, 8]);
  });

  test('a run that nobody wants any more is stopped', async () => {
    scale(4);
    await settle();
    expect(runs[0]!.signal.aborted).toBe(true);
    expect(scales()).toEqual([3, 4]);
    expect(newest().signal.aborted).toBe(false);
  });

  test('a removed column is forgotten, its run stopped', async () => {
    await finishAll();
    const { id } = store.getState().columns[1]!;
    scale(6);
    removeColumn(store, 1);
    await settle();
    expect(newest().signal.aborted).toBe(true);
    expect(trajectories.shown(id)).toBeUndefined();
    expect(statuses()).toEqual(['done', 'done']);
  });
});

describe('dragging', () => {
  beforeEach(() => start([{ guidanceScale: 3, numSteps: 100, sampler: 'ddim' }]));

  test('previews have as many steps as fit 150 ms at the measured speed', async () => {
    await newest().finish(5); // 5 ms an evaluation, two a step: 15 steps
    drag(true);
    scale(4);
    expect(newest()).toMatchObject({ judge: false });
    expect(newest().settings.numSteps).toBe(15);
    await newest().finish(25);
    expect(store.getState().columns[0]).toMatchObject({ status: 'done', preview: true });
    scale(5);
    expect(newest().settings.numSteps).toBe(3);
    await newest().finish(1000);
    scale(6);
    expect(newest().settings.numSteps, 'never fewer than two').toBe(2);
  });

  test('a preview is let finish however often the slider moves, then the newest runs', async () => {
    await newest().finish(5);
    drag(true);
    await newest().finish();
    scale(4);
    const preview = newest();
    for (const value of [5, 6, 7, 8]) scale(value);
    await settle();
    expect(newest()).toBe(preview);
    expect(preview.signal.aborted).toBe(false);
    await preview.finish(5);
    expect(newest().settings.modifiers.guidanceScale).toBe(8);
    expect(scales()).not.toContain(6);
  });

  test('nor does a run starve that is quick enough for all its steps', async () => {
    await newest().finish(0.01);
    drag(true);
    scale(4);
    const whole = newest();
    expect(whole.settings.numSteps).toBe(100);
    scale(5);
    await settle();
    expect(whole.signal.aborted).toBe(false);
    await whole.finish(0.01);
    expect(newest().settings.modifiers.guidanceScale).toBe(5);
  });

  test('on release the preview is stopped and the full run follows, judged', async () => {
    await newest().finish(5);
    drag(true);
    scale(4);
    const preview = newest();
    drag(false);
    await settle();
    expect(preview.signal.aborted).toBe(true);
    expect(newest()).toMatchObject({ judge: true });
    expect(newest().settings).toMatchObject({ numSteps: 100, modifiers: { guidanceScale: 4 } });
    await newest().finish(5);
    expect(store.getState().columns[0]).toMatchObject({ status: 'done', preview: false });
  });

  test('a preview is nobody’s twin: the same steps in full are run and judged', async () => {
    await newest().finish(5);
    pinColumn(store);
    selectColumn(store, 0);
    drag(true);
    scale(4);
    await newest().finish(5);
    const { numSteps } = newest().settings;
    drag(false);
    selectColumn(store, 1);
    changeColumn(store, { guidanceScale: 4, numSteps });
    await settle();
    await newest().finish(5);
    const full = runs.filter((run) => run.judge && run.settings.numSteps === numSteps);
    expect(full).toHaveLength(1);
  });

  test('other columns wait for the release', async () => {
    await newest().finish(5);
    pinColumn(store);
    drag(true);
    change(store, { seed: 99 });
    await newest().finish(5);
    const soFar = runs.length;
    await settle();
    expect(runs).toHaveLength(soFar);
    drag(false);
    await settle();
    await newest().finish(5);
    expect(newest().settings).toMatchObject({ numSteps: 100, seeds: [99] });
  });
});

describe('pictures', () => {
  beforeEach(() => start([{ numSteps: 4 }]));
  const shown = () => trajectories.shown(store.getState().columns[0]!.id);

  test('the first run is watched as it grows', async () => {
    runs[0]!.step();
    expect(shown()).toMatchObject({ finished: false });
    expect(frameAt(shown()!, 1)?.step).toBe(0);
    await runs[0]!.finish();
    expect(shown()).toMatchObject({ finished: true, names: ['A'] });
    expect(shown()!.frames).toHaveLength(5);
    expect([0, 0.25, 0.6, 1].map((at) => frameAt(shown()!, at)?.step)).toEqual([0, 1, 2, 4]);
  });

  test('after a change of settings the finished picture stays until the new one is there', async () => {
    await runs[0]!.finish();
    const before = shown();
    scale(5);
    newest().step();
    expect(shown()).toBe(before);
    await newest().finish();
    expect(shown()).not.toBe(before);
  });

  test('another class is watched from its noise on; stopped, the last finished one is back', async () => {
    await runs[0]!.finish();
    const before = shown();
    change(store, { subject: { kind: 'class', name: 'B' } });
    newest().step();
    expect(shown()).toMatchObject({ finished: false, names: ['B'] });
    change(store, { subject: { kind: 'class', name: 'A' } });
    await settle();
    expect(shown()).toBe(before);
    expect(statuses()).toEqual(['done']);
  });
});

describe('failures', () => {
  test('are shown, not tried again by themselves, and repeated on demand', async () => {
    await start([{}]);
    await newest().fail();
    expect(store.getState().columns[0]).toMatchObject({
      status: 'failed',
      message: 'out of memory',
    });
    change(store, { view: 'noisy' });
    await settle();
    expect(runs).toHaveLength(1);
    runner.repeat();
    expect(runs).toHaveLength(2);
    await newest().finish();
    expect(store.getState().columns[0]).toMatchObject({ status: 'done', message: undefined });
  });

  test('one column’s failure does not keep the next from running', async () => {
    await start([{ guidanceScale: 1 }, { guidanceScale: 3 }]);
    await newest().fail();
    await newest().finish();
    expect(statuses()).toEqual(['failed', 'done']);
  });

  test('a model that cannot be loaded says why, and loading again works', async () => {
    await start([{}]);
    const again = runner.load();
    expect(store.getState().engine.status).toBe('loading');
    loads.at(-1)?.reject(new EngineError('missing-file', 'models/tiny/model.onnx is missing'));
    await again;
    expect(store.getState().engine).toEqual({
      status: 'failed',
      kind: 'missing-file',
      message: 'models/tiny/model.onnx is missing',
    });
    const retry = runner.load();
    loads.at(-1)?.resolve(loaded);
    await retry;
    expect(store.getState().engine.status).toBe('ready');
    expect(newest().signal.aborted).toBe(false);
  });

  test('a class that the model does not know becomes its first', async () => {
    await start([{}]);
    change(store, { subject: { kind: 'word', text: 'AXB' } });
    runner.ready(loaded);
    expect(store.getState().settings.subject).toEqual({ kind: 'word', text: 'AB' });
    change(store, { subject: { kind: 'class', name: 'X' } });
    runner.ready(loaded);
    expect(store.getState().settings.subject).toEqual({ kind: 'class', name: 'A' });
  });
});
