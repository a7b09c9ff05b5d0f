import { createStore, type StoreApi } from 'zustand/vanilla';
import { Cancelled, type EngineClient } from '../../engine/client';
import type { Precision } from '../../engine/protocol';
import { messageOf } from '../../networks/errors';
import type { DenoiserManifest } from '../../networks/manifest';
import { type AppState, type ReadyEngine, type Store, showColumn } from '../../settings/store';
import { coarseToFine } from '../grid/grid';
import { type ImportedFile, readResultsFile } from './files';
import { type Batch, firstSamples, type Keep, type PointRecord } from './keep';
import type { StudyNetworks } from './networks';
import {
  BATCH,
  batchSettings,
  isMilestone,
  nextPoint,
  type Point,
  pointsOf,
  seriesOf,
  valuesOf,
} from './points';
import { type ExperimentSettings, experimentSlice } from './settings';
import type {
  ExperimentProblem,
  ExperimentState,
  Measurer,
  PointSamples,
  PointState,
} from './state';

type Client = Pick<EngineClient, 'sample'>;

/** Samples whose pictures are kept, of each point. */
export const KEPT_PICTURES = 64;

/** The share of the newest batch in the speed that time left is estimated from. */
const NEWEST_SHARE = 0.3;

interface Arranged {
  readonly experiment: ExperimentSettings;
  readonly seed: number;
  readonly manifest: DenoiserManifest;
  readonly precision: Precision;
  readonly networks: StudyNetworks;
}

/**
 * Draws the samples of an experiment's points while its page is shown, a batch at a time, and has
 * them measured on the way. All points get a round of batches before any gets the next. What is
 * finished is kept beyond a reload.
 */
export class ExperimentRunner {
  readonly state: StoreApi<ExperimentState>;
  readonly #store: Store;
  readonly #client: Client;
  readonly #measurer: Measurer;
  readonly #keep: Keep;
  readonly #findNetworks: (loaded: DenoiserManifest) => Promise<StudyNetworks>;
  #arranged: Arranged | undefined;
  #points: readonly Point[] = [];
  #order: readonly number[] = [];
  /** By the points' keys; undefined: nothing was kept. */
  readonly #records = new Map<string, PointRecord | undefined>();
  readonly #batches = new Map<string, Batch[]>();
  readonly #failed = new Map<string, string>();
  /** Points that are being measured, or wait for it. */
  readonly #due = new Set<string>();
  #measuring: Promise<void> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();
  #current: { readonly key: string; readonly abort: AbortController } | undefined;
  #networksOf: DenoiserManifest | undefined;
  #filesRead = false;
  #msPerCost: number | undefined;

  /** @param findNetworks the networks of the site that a study of the loaded one may use */
  constructor(options: {
    readonly store: Store;
    readonly client: Client;
    readonly measurer: Measurer;
    readonly keep: Keep;
    readonly findNetworks: (loaded: DenoiserManifest) => Promise<StudyNetworks>;
  }) {
    this.#store = options.store;
    this.#client = options.client;
    this.#measurer = options.measurer;
    this.#keep = options.keep;
    this.#findNetworks = options.findNetworks;
    this.state = createStore<ExperimentState>()(() => ({
      status: 'idle',
      series: [],
      points: [],
      files: [],
      networks: undefined,
      msLeft: undefined,
      download: undefined,
      problem: undefined,
    }));
    this.#store.subscribe((state, before) => {
      if (state.settings !== before.settings || state.engine !== before.engine) this.#wake();
    });
    this.#wake();
  }

  /** Draws what is missing, also of points that failed. */
  start(): void {
    this.#failed.clear();
    this.#setStatus('running');
  }

  /** Stops at once; the batch that was being drawn is drawn again. */
  pause(): void {
    this.#setStatus('paused');
  }

  resume(): void {
    this.#setStatus('running');
  }

  /** Gives the sweep up; what is finished stays. */
  cancel(): void {
    this.#setStatus('idle');
  }

  /** Forgets everything that was computed for the points of this experiment; shown once it is. */
  async discard(): Promise<void> {
    this.#setStatus('idle');
    await this.#running;
    const points = this.#points.map(({ key }) => ({
      key,
      starts: this.#records.get(key)?.starts ?? [],
    }));
    for (const { key } of points) {
      this.#records.set(key, undefined);
      this.#batches.delete(key);
      this.#failed.delete(key);
    }
    await this.#kept(this.#keep.remove(points));
    this.#publish();
  }

  /** Shows a results file's curves beside the page's own, in place of one of the same name. */
  async bring(file: Pick<File, 'name' | 'text'>): Promise<void> {
    try {
      const text = await file.text();
      const read = readResultsFile(text, file.name);
      this.#addFile(read);
      this.dismiss();
      await this.#kept(this.#keep.putFile(file.name, text));
    } catch (error) {
      this.#tell({ kind: 'file', message: messageOf(error) });
    }
  }

  async removeFile(name: string): Promise<void> {
    this.state.setState(({ files }) => ({ files: files.filter((file) => file.name !== name) }));
    await this.#kept(this.#keep.removeFile(name));
  }

  dismiss(): void {
    this.state.setState({ problem: undefined });
  }

  #tell(problem: ExperimentProblem): void {
    this.state.setState({ problem });
  }

  #addFile(added: ImportedFile): void {
    this.state.setState(({ files }) => ({
      files: [...files.filter(({ name }) => name !== added.name), added],
    }));
  }

  /** The files of earlier visits. */
  async #readFiles(): Promise<void> {
    for (const [name, text] of (await this.#kept(this.#keep.files())) ?? []) {
      try {
        this.#addFile(readResultsFile(text, name));
      } catch (error) {
        this.#tell({ kind: 'file', message: messageOf(error) });
      }
    }
  }

  /** A point's first samples; undefined where it has none yet. */
  async samples(key: string): Promise<PointSamples | undefined> {
    const record = this.#records.get(key);
    if (!record) return undefined;
    const starts = record.starts.filter((start) => start < KEPT_PICTURES);
    const known = this.#batches.get(key);
    const batches = known ?? (await this.#keep.batches(key, starts));
    const shown = batches.filter((batch) => batch?.pictures);
    const bytes = shown.flatMap((batch) => [...(batch?.pictures ?? [])]);
    const labels = shown.flatMap((batch) => batch?.labels ?? []);
    return labels.length ? { pictures: Uint8Array.from(bytes), labels } : undefined;
  }

  /** Opens the playground with a point's column among the others, on its first samples. */
  open({ column, model }: Point): void {
    const { engine, settings } = this.#store.getState();
    if (engine.status !== 'ready' || model !== engine.manifest.id) return;
    const { classes } = engine.manifest;
    showColumn(this.#store, column, {
      page: 'playground',
      subject: { kind: 'each', names: classes.slice(0, BATCH) },
      seed: settings.seed,
      picked: 0,
      position: 1,
    });
  }

  #setStatus(status: ExperimentState['status']): void {
    this.state.setState({ status });
    this.#publish();
    this.#wake();
  }

  #wake(): void {
    const app = this.#store.getState();
    const shown = isShown(app);
    if (shown) this.#arrange(app, shown);
    const { status } = this.state.getState();
    const current = this.#current;
    if (current) {
      const wanted =
        shown && status === 'running' && this.#points.some((p) => p.key === current.key);
      if (!wanted) current.abort.abort();
      return;
    }
    if (!shown || status !== 'running') return;
    const next = this.#next();
    if (next) this.#running = this.#run(next, shown.manifest);
    else if (this.#due.size === 0 && this.#allRead()) this.#setStatus('idle');
  }

  #arrange({ settings }: AppState, { manifest, info: { precision } }: ReadyEngine): void {
    const experiment = experimentSlice.of(settings);
    const { seed } = settings;
    if (this.#networksOf !== manifest) {
      this.#networksOf = manifest;
      this.state.setState({ networks: undefined });
      void this.#readNetworks(manifest);
    }
    if (!this.#filesRead) {
      this.#filesRead = true;
      void this.#readFiles();
    }
    const { networks } = this.state.getState();
    if (!networks) return;
    const last = this.#arranged;
    const same =
      last?.experiment === experiment &&
      last.seed === seed &&
      last.manifest === manifest &&
      last.precision === precision &&
      last.networks === networks;
    if (same) return;
    this.#arranged = { experiment, seed, manifest, precision, networks };
    this.#points = pointsOf({ experiment, seed }, manifest, networks, precision);
    const series = seriesOf(experiment, manifest, networks.denoisers);
    const across = valuesOf(experiment).length;
    this.#order = coarseToFine(1, across).flatMap((at) => series.map((_, s) => s * across + at));
    const keys = new Set(this.#points.map(({ key }) => key));
    for (const key of this.#batches.keys()) if (!keys.has(key)) this.#batches.delete(key);
    this.state.setState({ series });
    this.#publish();
    void this.#readRecords();
  }

  async #readNetworks(manifest: DenoiserManifest): Promise<void> {
    const networks = await this.#findNetworks(manifest).catch((error: unknown) => {
      this.#tell({ kind: 'networks', message: messageOf(error) });
      return { denoisers: [manifest], features: undefined };
    });
    if (this.#networksOf !== manifest) return;
    this.state.setState({ networks });
    this.#wake();
  }

  async #readRecords(): Promise<void> {
    const unread = this.#points.filter(({ key }) => !this.#records.has(key)).map(({ key }) => key);
    if (unread.length > 0) {
      const records = (await this.#kept(this.#keep.records(unread))) ?? [];
      unread.forEach((key, i) => {
        if (!this.#records.has(key)) this.#records.set(key, records[i]);
      });
    }
    for (const point of this.#points) this.#measureIfDue(point);
    this.#publish();
    this.#wake();
  }

  #allRead(): boolean {
    return this.#arranged !== undefined && this.#points.every(({ key }) => this.#records.has(key));
  }

  #next(): Point | undefined {
    const wanted = this.#arranged?.experiment.samples ?? 0;
    const states = this.#points.map(({ key, refusal }) => ({
      samples: this.#records.get(key)?.samples ?? 0,
      skip: refusal !== undefined || this.#failed.has(key) || !this.#records.has(key),
    }));
    const index = nextPoint(states, wanted, this.#order);
    return index === undefined ? undefined : this.#points[index];
  }

  async #run(point: Point, manifest: DenoiserManifest): Promise<void> {
    const { key, model } = point;
    const { experiment, seed } = this.#arranged!;
    const abort = new AbortController();
    this.#current = { key, abort };
    this.#publish();
    try {
      const batches = await this.#batchesOf(key);
      const start = batches.reduce((sum, { labels }) => sum + labels.length, 0);
      // To the next whole batch, so that every sweep passes the same counts.
      const count = Math.min(BATCH - (start % BATCH), experiment.samples - start);
      const settings = batchSettings(point, [start, count], seed, manifest);
      const began = performance.now();
      const { measured, frame, figures } = await this.#client.sample(settings, {
        judge: false,
        measure: true,
        denoiser: model === manifest.id ? undefined : model,
        signal: abort.signal,
        onProgress: (download) => {
          if (download.phase === 'download') this.state.setState({ download });
        },
      });
      if (!measured) {
        throw new Error(`${manifest.id}: the manifest must name a companion "features" to measure`);
      }
      this.#learnSpeed((performance.now() - began) / (count * point.cost));
      const { network, logits, features } = measured;
      const pictures = start < KEPT_PICTURES ? frame.x : undefined;
      const batch = { start, labels: settings.labels, logits, features, pictures };
      batches.push(batch);
      const before = this.#records.get(key);
      const record: PointRecord = {
        samples: start + count,
        starts: batches.map((each) => each.start),
        network,
        nfe: figures.nfe,
        seconds: (before?.seconds ?? 0) + figures.totalMs / 1000,
        date: new Date().toISOString(),
        figures: before?.figures ?? [],
      };
      // Counted once it is kept, so that a reload loses nothing that was shown.
      await this.#kept(this.#keep.put(key, record, batch));
      this.#records.set(key, record);
      this.#measureIfDue(point);
    } catch (error) {
      if (!(error instanceof Cancelled)) this.#failed.set(key, messageOf(error));
    }
    this.#current = undefined;
    this.state.setState({ download: undefined });
    this.#publish();
    this.#wake();
  }

  /** A point's batches, read where they were made on another visit. */
  async #batchesOf(key: string): Promise<Batch[]> {
    const known = this.#batches.get(key);
    if (known) return known;
    const record = this.#records.get(key);
    const found = record ? await this.#keep.batches(key, record.starts) : [];
    const complete = found.filter((batch) => batch !== undefined);
    // Browsers may forget: what is not whole is drawn again.
    if (complete.length < found.length) this.#records.set(key, undefined);
    const batches = complete.length < found.length ? [] : complete;
    this.#batches.set(key, batches);
    return batches;
  }

  /** Has a point measured, if it has reached a count at which it is to be and is not yet. */
  #measureIfDue({ key }: Point): void {
    const wanted = this.#arranged?.experiment.samples ?? 0;
    const record = this.#records.get(key);
    const count = Math.min(record?.samples ?? 0, wanted);
    if (!record || count === 0 || !isMilestone(count, wanted) || this.#due.has(key)) return;
    if (record.figures.some(({ samples }) => samples === count)) return;
    this.#due.add(key);
    this.#measuring = this.#measuring.then(() => this.#measure(key, count));
  }

  async #measure(key: string, count: number): Promise<void> {
    try {
      const batches = firstSamples(await this.#batchesOf(key), count);
      const { network } = this.#records.get(key) ?? {};
      if (network !== undefined && batches.length > 0) {
        const figures = await this.#measurer.measure(key, network, batches);
        const record = this.#records.get(key);
        if (record) {
          const others = record.figures.filter(({ samples }) => samples !== count);
          const all = [...others, figures].toSorted((a, b) => a.samples - b.samples);
          this.#records.set(key, { ...record, figures: all });
          await this.#kept(this.#keep.put(key, { ...record, figures: all }));
        }
      }
    } catch (error) {
      this.#failed.set(key, messageOf(error));
    }
    this.#due.delete(key);
    // Samples may have come meanwhile.
    const point = this.#points.find((each) => each.key === key);
    if (point && !this.#failed.has(key)) this.#measureIfDue(point);
    this.#publish();
    this.#wake();
  }

  /** Storage may be full or forbidden: what is computed then holds for this visit. */
  async #kept<T>(promise: Promise<T>): Promise<T | undefined> {
    try {
      return await promise;
    } catch (error) {
      this.#tell({ kind: 'storage', message: messageOf(error) });
      return undefined;
    }
  }

  #learnSpeed(msPerCost: number): void {
    const before = this.#msPerCost ?? msPerCost;
    this.#msPerCost = before + NEWEST_SHARE * (msPerCost - before);
  }

  /** Says how the points stand. */
  #publish(): void {
    const wanted = this.#arranged?.experiment.samples ?? 0;
    let costLeft = 0;
    const points = this.#points.map((point): PointState => {
      const { key, refusal, cost } = point;
      const record = this.#records.get(key);
      const message = this.#failed.get(key);
      if (refusal) return { point, status: 'refused', record };
      if (message !== undefined) return { point, status: 'failed', record, message };
      if (!this.#records.has(key)) return { point, status: 'unread', record };
      costLeft += cost * Math.max(0, wanted - (record?.samples ?? 0));
      const measured = record?.figures.some(({ samples }) => samples === wanted);
      if (measured) return { point, status: 'done', record };
      return { point, status: this.#current?.key === key ? 'running' : 'waiting', record };
    });
    const msLeft = this.#msPerCost === undefined ? undefined : costLeft * this.#msPerCost;
    this.state.setState({ points, msLeft });
  }
}

/** The engine with its denoiser, while the page of experiments is shown. */
function isShown({ settings, engine }: AppState): ReadyEngine | undefined {
  return settings.page === 'experiments' && engine.status === 'ready' ? engine : undefined;
}
