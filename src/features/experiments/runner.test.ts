import { describe, expect, test } from 'vitest';
import type { PointFigures } from '../../diffusion/metrics/point';
import { firstSeed, sampleSeed } from '../../diffusion/random';
import { Cancelled, EngineError, type Finished } from '../../engine/client';
import type { SampleSettings } from '../../engine/protocol';
import type { DenoiserManifest, FeaturesManifest } from '../../networks/manifest';
import { FIRST_VISIT, type Settings } from '../../settings/settings';
import { change, changeSlice, createAppStore } from '../../settings/store';
import { curveOf } from './curves';
import { type Batch, firstSamples, type PointRecord } from './kept';
import { ExperimentRunner } from './runner';
import { DEFAULT_EXPERIMENT, type ExperimentSettings, experimentSlice } from './settings';
import type { ChangeRecord, ExperimentStorage } from './storage';

const manifest = {
  id: 'fake',
  role: 'denoiser',
  classes: ['A', 'B'],
  shape: [1, 8, 8],
  companions: { features: 'judge' },
  files: [{ name: 'model.onnx', bytes: 1, sha256: 'a' }],
} as unknown as DenoiserManifest;
const features = {
  ...manifest,
  id: 'judge',
  role: 'features',
} as unknown as FeaturesManifest;
const info = { backend: 'wasm', adapter: '', threads: 1, precision: 'fp32', maxBatch: 16 } as const;

/** Lets promises that are due settle. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 2));

/** What IndexedDB would hold. */
class FakeStorage implements ExperimentStorage {
  readonly points = new Map<string, PointRecord>();
  readonly kept = new Map<string, Batch>();
  readonly texts = new Map<string, string>();
  full = false;
  /** Whether the browser was asked to keep things on a full disk. */
  keeping = false;
  /** What a removal waits for. */
  removing: Promise<void> = Promise.resolve();

  async records(keys: readonly string[]) {
    return keys.map((key) => this.points.get(key));
  }
  async batches(key: string, starts: readonly number[]) {
    return starts.map((start) => this.kept.get(`${start} ${key}`));
  }
  async change(key: string, change: ChangeRecord, batch?: Batch) {
    const stored = this.points.get(key);
    const changed = change(stored);
    if (!changed || changed === stored) return stored;
    if (this.full) throw new Error('The quota has been exceeded');
    this.points.set(key, changed);
    if (batch) this.kept.set(`${batch.start} ${key}`, batch);
    return changed;
  }
  async remove(keys: readonly string[]) {
    await this.removing;
    for (const key of keys) {
      this.points.delete(key);
      for (const batch of this.kept.keys()) if (batch.endsWith(` ${key}`)) this.kept.delete(batch);
    }
  }
  keep() {
    this.keeping = true;
  }
  async unreadable() {
    return { points: [], files: [] };
  }
  async removeUnreadable() {}
  async files() {
    return [...this.texts];
  }
  async putFile(name: string, text: string) {
    this.texts.set(name, text);
  }
  async removeFile(name: string) {
    this.texts.delete(name);
  }
}

interface Run {
  readonly settings: SampleSettings;
  readonly signal: AbortSignal;
  finish(): Promise<void>;
  fail(): Promise<void>;
}

/** A page of experiments whose engine does what a test says. */
class FakeExperiments {
  readonly runs: Run[] = [];
  readonly measured: string[] = [];
  /** Why points cannot be measured. */
  unmeasurable: string | undefined;
  readonly storage: FakeStorage;
  readonly store;
  readonly runner: ExperimentRunner;

  constructor(
    changes: Partial<ExperimentSettings> = {},
    storage = new FakeStorage(),
    judging: FeaturesManifest = features,
  ) {
    this.storage = storage;
    const experiment = { ...DEFAULT_EXPERIMENT, values: [0, 1, 2], samples: 32, ...changes };
    this.store = createAppStore(
      experimentSlice.put<Settings>({ ...FIRST_VISIT, page: 'experiments' }, experiment),
    );
    this.runner = new ExperimentRunner({
      store: this.store,
      storage,
      client: {
        sample: (settings, { signal = new AbortController().signal } = {}) =>
          new Promise<Finished>((resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Cancelled('replaced')));
            const count = settings.seeds.length;
            const finish = async () => {
              resolve({
                type: 'done',
                id: 0,
                samples: new Float32Array(64 * count),
                frame: {
                  step: settings.numSteps,
                  shape: [1, 8, 8],
                  sigma: 0,
                  x: new Uint8Array(64 * count).fill(settings.seeds[0]! % 256),
                  denoised: new Uint8Array(64 * count),
                  outside: new Int8Array(64 * count),
                },
                figures: { nfe: 8, totalMs: 500, networkMs: 400 },
                verdicts: undefined,
                measured: {
                  network: 'judge',
                  logits: new Float32Array(2 * count),
                  features: new Float32Array(3 * count),
                  ...(settings.prompts && { fits: settings.labels.map((label) => label / 10) }),
                },
              });
              await settle();
            };
            const fail = async () => {
              reject(new EngineError('engine', 'out of memory'));
              await settle();
            };
            this.runs.push({ settings, signal, finish, fail });
          }),
      },
      measurer: {
        measure: async (_key, network, batches) => {
          if (this.unmeasurable !== undefined) throw new Error(this.unmeasurable);
          const samples = batches.reduce((sum, { labels }) => sum + labels.length, 0);
          this.measured.push(`${network} ${samples}`);
          const figure = { value: samples, spread: 1 };
          return {
            samples,
            classAccuracy: figure,
            classifierScore: figure,
            frechetDistance: undefined,
            precision: undefined,
            recall: undefined,
            diversity: undefined,
          } satisfies PointFigures;
        },
      },
      findNetworks: async (loaded) => ({ denoisers: [loaded], features: judging, stages: [] }),
    });
  }

  static async ready(...args: ConstructorParameters<typeof FakeExperiments>) {
    const page = new FakeExperiments(...args);
    page.store.setState({ engine: { status: 'ready', info, manifest } });
    await settle();
    return page;
  }

  get state() {
    return this.runner.state.getState();
  }
  get newest(): Run {
    return this.runs.at(-1)!;
  }
  get counts(): number[] {
    return this.state.points.map(({ record }) => record?.samples ?? 0);
  }
  get statuses(): string[] {
    return this.state.points.map(({ status }) => status);
  }
  set(changes: Partial<ExperimentSettings>): void {
    const experiment = experimentSlice.of(this.store.getState().settings);
    changeSlice(this.store, experimentSlice, { ...experiment, ...changes });
  }
  async start(): Promise<void> {
    this.runner.start();
    await settle();
  }
  async finishAll(): Promise<void> {
    for (let guard = 0; this.state.status === 'running' && guard < 100; guard++) {
      await this.newest.finish();
    }
  }
}

test('a network that prompts condition is asked for those of its judge, and keeps how well they fit', async () => {
  const prompts = ['an owl', 'two cats', 'a pizza'];
  const judging = { ...features, reference: { prompts } } as unknown as FeaturesManifest;
  const page = new FakeExperiments({ values: [1], samples: 20 }, undefined, judging);
  const words = {
    ...manifest,
    classes: [],
    prompts: { encoder: 'e', examples: [] },
  } as unknown as DenoiserManifest;
  page.store.setState({ engine: { status: 'ready', info, manifest: words } });
  await settle();
  expect(page.state.samples).toBe(20);
  await page.start();
  await page.finishAll();
  expect(page.statuses).toEqual(['done']);
  const asked = page.runs.map(({ settings }) =>
    settings.labels.map((label) => settings.prompts![label]),
  );
  expect(asked.map((names) => names.slice(0, 3))).toEqual([
    ['an owl', 'two cats', 'a pizza'],
    ['two cats', 'a pizza', 'an owl'],
  ]);
  const [first, second] = [...page.storage.kept.values()];
  expect([first!.labels.slice(0, 4), second!.labels]).toEqual([
    [0, 1, 2, 0],
    [1, 2, 0, 1],
  ]);
  expect(second!.fits).toEqual([0, 0.1, 0.2, 0]);
  // The playground shows its first samples.
  page.runner.open(page.state.points[0]!.point.column);
  expect(page.store.getState().settings.subject).toEqual({ kind: 'each', names: prompts });
});

describe('a sweep', () => {
  test('waits until it is started, then draws the points round by round', async () => {
    const page = await FakeExperiments.ready();
    expect(page.state.status).toBe('idle');
    expect(page.statuses).toEqual(['waiting', 'waiting', 'waiting']);
    expect(page.runs).toHaveLength(0);
    expect(page.storage.keeping).toBe(false);
    await page.start();
    expect(page.storage.keeping).toBe(true);
    expect(page.statuses).toEqual(['running', 'waiting', 'waiting']);
    await page.finishAll();
    expect(page.state.status).toBe('idle');
    expect(page.statuses).toEqual(['done', 'done', 'done']);
    // The ends first, then the middle.
    expect(page.runs.map(({ settings }) => settings.guidanceScale)).toEqual([1, 1, 3, 3, 2, 2]);
    const seeds = page.runs.map(({ settings }) => settings.seeds[0]);
    const batches = [sampleSeed(42, 0), sampleSeed(42, 16)];
    expect(seeds).toEqual([...batches, ...batches, ...batches]);
    expect(page.runs[0]?.settings.labels.slice(0, 3)).toEqual([0, 1, 0]);
    expect(page.measured).toEqual(Array.from({ length: 6 }, (_, i) => `judge ${i % 2 ? 32 : 16}`));
    expect(page.state.points[0]?.record).toMatchObject({
      samples: 32,
      starts: [0, 16],
      network: 'judge',
      nfe: 8,
      seconds: 1,
    });
  });

  test('a curve compares equal counts at any time', async () => {
    const page = await FakeExperiments.ready({ samples: 96 });
    await page.start();
    const curve = () => {
      const { samples, points } = curveOf(page.state.points, 96, 80);
      return [samples, ...points.map(({ value }) => value)];
    };
    const batches = async (count: number) => {
      for (let k = 0; k < count; k++) await page.newest.finish();
    };
    expect(curve()).toEqual([undefined]);
    await batches(1);
    expect(curve()).toEqual([16, 0]);
    await batches(5);
    expect(page.counts).toEqual([80, 0, 16]);
    expect(curve()).toEqual([80, 0]);
    await batches(10);
    expect(page.counts).toEqual([96, 80, 80]);
    expect(curve()).toEqual([80, 0, 1, 2]);
    await page.finishAll();
    expect(curve()).toEqual([96, 0, 1, 2]);
  });

  test('pauses at once and goes on with the batch that was stopped', async () => {
    const page = await FakeExperiments.ready();
    await page.start();
    await page.newest.finish();
    page.runner.pause();
    await settle();
    expect(page.newest.signal.aborted).toBe(true);
    expect(page.state.status).toBe('paused');
    expect(page.counts).toEqual([16, 0, 0]);
    expect(page.runs).toHaveLength(2);
    page.runner.resume();
    await settle();
    expect(page.newest.settings).toEqual(page.runs[1]?.settings);
    await page.finishAll();
    expect(page.counts).toEqual([32, 32, 32]);
  });

  test('cancelled, it keeps what is finished', async () => {
    const page = await FakeExperiments.ready();
    await page.start();
    await page.newest.finish();
    page.runner.cancel();
    await settle();
    expect(page.state.status).toBe('idle');
    expect(page.counts).toEqual([16, 0, 0]);
    expect(page.newest.signal.aborted).toBe(true);
  });

  test('rests while another page is shown, and goes on by itself', async () => {
    const page = await FakeExperiments.ready();
    await page.start();
    change(page.store, { page: 'playground' });
    await settle();
    expect(page.newest.signal.aborted).toBe(true);
    expect(page.runs).toHaveLength(1);
    change(page.store, { page: 'experiments' });
    await settle();
    expect(page.runs).toHaveLength(2);
  });

  test('other settings: points that stay are not drawn again', async () => {
    const page = await FakeExperiments.ready({ samples: 16 });
    await page.start();
    await page.finishAll();
    page.set({ values: [1, 2, 4] });
    await settle();
    expect(page.statuses).toEqual(['done', 'done', 'waiting']);
    page.set({ values: [1, 2, 4], samples: 24 });
    await page.start();
    await page.finishAll();
    expect(page.counts).toEqual([24, 24, 24]);
    // Up to whole batches of 16 on every way, so that all pass the same counts.
    page.set({ samples: 40 });
    await page.start();
    await page.finishAll();
    expect(page.state.points[0]?.record?.starts).toEqual([0, 16, 24, 32]);
    // Fewer samples than are there: measured from what is there.
    page.set({ samples: 20 });
    await settle();
    expect(page.statuses).toEqual(['done', 'done', 'done']);
    expect(page.measured.slice(-3)).toEqual(['judge 20', 'judge 20', 'judge 20']);
  });

  test('a point that fails says so, the others go on, and it can be tried again', async () => {
    const page = await FakeExperiments.ready({ samples: 16 });
    await page.start();
    await page.newest.fail();
    await page.finishAll();
    expect(page.statuses).toEqual(['failed', 'done', 'done']);
    expect(page.state.points[0]?.message).toBe('out of memory');
    await page.start();
    await page.finishAll();
    expect(page.statuses).toEqual(['done', 'done', 'done']);
  });

  test('a point that could not be measured is measured when the sweep is started again', async () => {
    const page = await FakeExperiments.ready({ samples: 16, values: [1] });
    page.unmeasurable = 'models/judge is missing';
    await page.start();
    await page.finishAll();
    expect(page.statuses).toEqual(['failed']);
    expect(page.state.points[0]?.message).toBe('models/judge is missing');
    expect(page.state.status).toBe('idle');
    page.unmeasurable = undefined;
    await page.start();
    expect(page.statuses).toEqual(['done']);
    expect(page.runs).toHaveLength(1);
  });

  test('time left follows from the speed so far and the cost of what is missing', async () => {
    const page = await FakeExperiments.ready();
    await page.start();
    expect(page.state.msLeft).toBeUndefined();
    await page.newest.finish();
    const first = page.state.msLeft!;
    expect(first).toBeGreaterThan(0);
    await page.finishAll();
    expect(page.state.msLeft).toBe(0);
  });

  test('shows a point’s first samples', async () => {
    const page = await FakeExperiments.ready();
    await page.start();
    await page.finishAll();
    const { key } = page.state.points[0]!.point;
    const samples = await page.runner.samples(key);
    expect(samples?.labels).toHaveLength(32);
    expect([samples?.pictures[0], samples?.pictures[64 * 16]]).toEqual([
      sampleSeed(42, 0) % 256,
      sampleSeed(42, 16) % 256,
    ]);
    expect(await page.runner.samples('unknown')).toBeUndefined();
  });

  test('opens a point in the playground with its own samples', async () => {
    const page = await FakeExperiments.ready();
    page.runner.open(page.state.points[2]!.point.column);
    const { settings } = page.store.getState();
    expect(settings).toMatchObject({
      page: 'playground',
      subject: { kind: 'each', names: ['A', 'B'] },
    });
    expect(settings.columns[settings.active]?.guidanceScale).toBe(3);
  });
});

describe('what is kept', () => {
  test('survives a reload, and a half-finished sweep goes on where it was', async () => {
    const storage = new FakeStorage();
    const before = await FakeExperiments.ready({}, storage);
    await before.start();
    for (let k = 0; k < 4; k++) await before.newest.finish();
    const after = await FakeExperiments.ready({}, storage);
    expect(after.counts).toEqual([32, 0, 32]);
    expect(after.statuses).toEqual(['done', 'waiting', 'done']);
    const { key } = after.state.points[0]!.point;
    expect((await after.runner.samples(key))?.labels).toHaveLength(32);
    await after.start();
    await after.finishAll();
    expect(after.runs).toHaveLength(2);
    expect(after.counts).toEqual([32, 32, 32]);
    expect(after.measured).toEqual(['judge 16', 'judge 32']);
  });

  test('what was drawn and not yet measured is measured on the next visit', async () => {
    const storage = new FakeStorage();
    const before = await FakeExperiments.ready({ samples: 16 }, storage);
    await before.start();
    await before.finishAll();
    for (const [key, record] of storage.points) storage.points.set(key, { ...record, figures: [] });
    const after = await FakeExperiments.ready({ samples: 16 }, storage);
    await settle();
    expect(after.measured).toEqual(['judge 16', 'judge 16', 'judge 16']);
    expect(after.statuses).toEqual(['done', 'done', 'done']);
  });

  test('a point whose samples the browser has lost in part is drawn anew', async () => {
    const storage = new FakeStorage();
    const before = await FakeExperiments.ready({ values: [1] }, storage);
    await before.start();
    await before.newest.finish();
    storage.kept.clear();
    const after = await FakeExperiments.ready({ values: [1] }, storage);
    await after.start();
    await settle();
    expect(after.newest.settings.seeds[0]).toBe(firstSeed(42));
    await after.finishAll();
    expect(after.state.points[0]?.record).toMatchObject({ samples: 32, starts: [0, 16] });
  });

  test('a full disk is told in one line and stops nothing', async () => {
    const page = await FakeExperiments.ready({ samples: 16 });
    page.storage.full = true;
    await page.start();
    await page.finishAll();
    expect(page.statuses).toEqual(['done', 'done', 'done']);
    expect(page.state.problem).toEqual({
      kind: 'storage',
      message: 'The quota has been exceeded',
    });
    page.runner.dismiss();
    expect(page.state.problem).toBeUndefined();
  });

  test('a disk that is full in the middle: what is computed counts for this visit', async () => {
    const page = await FakeExperiments.ready({ samples: 48, values: [1] });
    await page.start();
    await page.newest.finish();
    page.storage.full = true;
    await page.finishAll();
    expect(page.runs).toHaveLength(3);
    expect(page.statuses).toEqual(['done']);
    expect(page.counts).toEqual([48]);
    const after = await FakeExperiments.ready({ samples: 48, values: [1] }, page.storage);
    expect(after.counts).toEqual([16]);
  });

  test('two tabs that draw the same points lose nothing of each other', async () => {
    const storage = new FakeStorage();
    const one = await FakeExperiments.ready({ samples: 96, values: [1] }, storage);
    const other = await FakeExperiments.ready({ samples: 96, values: [1] }, storage);
    await one.start();
    await one.finishAll();
    expect(one.counts).toEqual([96]);
    // It still believes that there is nothing, and is closed after two batches.
    expect(other.counts).toEqual([0]);
    await other.start();
    await other.newest.finish();
    expect(other.counts).toEqual([96]);
    await other.finishAll();
    expect(other.statuses).toEqual(['done']);
    const after = await FakeExperiments.ready({ samples: 96, values: [1] }, storage);
    expect(after.counts).toEqual([96]);
    expect(after.statuses).toEqual(['done']);
    const { key } = after.state.points[0]!.point;
    expect(storage.points.get(key)?.figures.map(({ samples }) => samples)).toEqual([
      16, 32, 48, 64, 80, 96,
    ]);
  });

  test('what another tab has forgotten is drawn anew', async () => {
    const storage = new FakeStorage();
    const one = await FakeExperiments.ready({ samples: 48, values: [1] }, storage);
    await one.start();
    await one.newest.finish();
    const other = await FakeExperiments.ready({ samples: 48, values: [1] }, storage);
    await other.runner.discard();
    await one.newest.finish();
    expect(one.counts).toEqual([0]);
    await one.finishAll();
    expect(one.counts).toEqual([48]);
    expect([...storage.points.values()]).toMatchObject([{ samples: 48, starts: [0, 16, 32] }]);
    expect(storage.kept.size).toBe(3);
  });

  test('can be forgotten', async () => {
    const page = await FakeExperiments.ready({ samples: 16 });
    await page.start();
    await page.finishAll();
    let removed = () => {};
    page.storage.removing = new Promise((resolve) => (removed = resolve));
    const discarded = page.runner.discard();
    await settle();
    // A page that says they are forgotten can be reloaded at once.
    expect(page.counts).toEqual([16, 16, 16]);
    removed();
    await discarded;
    expect([page.storage.points.size, page.storage.kept.size]).toEqual([0, 0]);
    expect(page.counts).toEqual([0, 0, 0]);
    await page.start();
    await page.finishAll();
    expect(page.statuses).toEqual(['done', 'done', 'done']);
  });
});

test('the first samples of batches, the last one cut', () => {
  const batch = (start: number, count: number): Batch => ({
    start,
    labels: Array.from({ length: count }, (_, k) => start + k),
    logits: new Float32Array(2 * count),
    features: new Float32Array(3 * count),
    pictures: undefined,
  });
  const cut = firstSamples([batch(0, 16), batch(16, 16), batch(32, 8)], 20);
  expect(
    cut.map(({ labels, logits, features }) => [labels.length, logits.length, features.length]),
  ).toEqual([
    [16, 32, 48],
    [4, 8, 12],
  ]);
});
