import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineClient, Finished } from '../../engine/client';
import { type Job, StaleWork } from '../../kit/stale-work';
import { messageOf } from '../../networks/errors';
import type { DenoiserManifest, FeaturesManifest } from '../../networks/manifest';
import type { ColumnSettings } from '../../settings/column';
import { type AppState, type ReadyEngine, type Store, showColumn } from '../../settings/store';
import { knownSubject } from '../../settings/subject';
import { type Arrangement, arranged } from './arrangement';
import { ImportedFiles } from './imported-files';
import { Measuring } from './measuring';
import { isMeasurable, type StudyNetworks, studyPrompts } from './networks';
import { KEPT_PICTURES, PointRecords, type Stored } from './point-records';
import { BATCH, batchLabels, batchSettings, drawOrder, type Point, roundOf } from './points';
import { experimentSlice } from './settings';
import type { ExperimentState, Measurer, PointSamples, PointState } from './state';
import type { ExperimentStorage } from './storage';

type Client = Pick<EngineClient, 'sample'>;

/** The share of the newest batch in the speed that time left is estimated from. */
const NEWEST_SHARE = 0.3;

/** The next batch of a point; its place is the point's key. */
interface PointJob extends Job {
  readonly point: Point;
  readonly manifest: DenoiserManifest;
  readonly features: FeaturesManifest | undefined;
  /** Of the experiment: how many samples a point is to have, and its seed. */
  readonly samples: number;
  readonly seed: number;
}

/** What the engine has drawn of a point. */
interface Drawn {
  readonly start: number;
  readonly labels: readonly number[];
  readonly done: Finished;
  readonly ms: number;
}

/**
 * Draws the samples of an experiment's points while its page is shown, a batch at a time, and has
 * them measured on the way. All points get a round of batches before any gets the next. What is
 * finished is stored beyond a reload.
 */
export class ExperimentRunner {
  readonly state: StoreApi<ExperimentState>;
  readonly #store: Store;
  readonly #client: Client;
  readonly #storage: ExperimentStorage;
  readonly #stored: Stored;
  readonly #records: PointRecords;
  readonly #files: ImportedFiles;
  readonly #measuring: Measuring;
  readonly #work: StaleWork<PointJob, Drawn>;
  readonly #findNetworks: (loaded: DenoiserManifest) => Promise<StudyNetworks>;
  #arranged: Arrangement | undefined;
  #networksOf: DenoiserManifest | undefined;
  #filesRead = false;
  #msPerCost: number | undefined;

  /** @param findNetworks the networks of the site that a study of the loaded one may use */
  constructor(options: {
    readonly store: Store;
    readonly client: Client;
    readonly measurer: Measurer;
    readonly storage: ExperimentStorage;
    readonly findNetworks: (loaded: DenoiserManifest) => Promise<StudyNetworks>;
  }) {
    this.#store = options.store;
    this.#client = options.client;
    this.#findNetworks = options.findNetworks;
    this.state = createStore<ExperimentState>()(() => ({
      status: 'idle',
      series: [],
      samples: 0,
      points: [],
      files: [],
      networks: undefined,
      msLeft: undefined,
      download: undefined,
      problem: undefined,
      unreadable: undefined,
    }));
    // Storage may be full or forbidden: what is computed then lasts for this visit.
    this.#stored = async (promise) => {
      try {
        return await promise;
      } catch (error) {
        this.state.setState({ problem: { kind: 'storage', message: messageOf(error) } });
        return undefined;
      }
    };
    this.#storage = options.storage;
    this.#records = new PointRecords(options.storage, this.#stored);
    this.#files = new ImportedFiles(this.state, options.storage, this.#stored);
    this.#measuring = new Measuring({
      records: this.#records,
      measurer: options.measurer,
      samples: () => this.#samples,
      round: () => roundOf(this.#arranged?.networks.features),
      ended: (key) => {
        // Samples may have come meanwhile.
        const failed = this.#measuring.failure(key) !== undefined;
        if (!failed && this.#points.some((point) => point.key === key)) {
          this.#measuring.measureIfDue(key);
        }
        this.#publish();
        this.#wake();
      },
    });
    this.#work = new StaleWork<PointJob, Drawn>({
      jobs: () => this.#jobs(),
      isDone: () => false,
      run: (job, signal) => this.#draw(job, signal),
      done: (job, drawn) => this.#add(job, drawn),
      changed: () => {
        this.state.setState({ download: undefined });
        this.#publish();
      },
      idle: () => this.#idle(),
    });
    this.#store.subscribe((state, before) => {
      if (state.settings !== before.settings || state.engine !== before.engine) this.#wake();
    });
    this.#wake();
  }

  /** Draws what is missing, also of points that failed. */
  start(): void {
    this.#storage.keep();
    this.#work.retry();
    this.#measuring.retry(this.#points.map(({ key }) => key));
    for (const { key } of this.#points) this.#measuring.measureIfDue(key);
    this.#setStatus('running');
  }

  /** Stops at once; the batch that was being drawn is drawn again. */
  pause(): void {
    this.#setStatus('paused');
  }

  resume(): void {
    this.#setStatus('running');
  }

  /** Ends the sweep; what is finished stays. */
  cancel(): void {
    this.#setStatus('idle');
  }

  /** Forgets everything that was computed for the points of this experiment; shown once it is. */
  async discard(): Promise<void> {
    this.#setStatus('idle');
    await this.#work.ended;
    const keys = this.#points.map(({ key }) => key);
    this.#work.retry();
    this.#measuring.retry(keys);
    await this.#records.remove(keys);
    this.#publish();
  }

  /** Shows a results file's curves beside the page's own, in place of one of the same name. */
  bring(file: Pick<File, 'name' | 'text'>): Promise<void> {
    return this.#files.add(file);
  }

  removeFile(name: string): Promise<void> {
    return this.#files.remove(name);
  }

  dismiss(): void {
    this.state.setState({ problem: undefined });
  }

  /** Deletes what is kept and cannot be read. */
  async removeUnreadable(): Promise<void> {
    await this.#stored(this.#storage.removeUnreadable());
    await this.#lookForUnreadable();
  }

  /** A point's first samples; undefined where it has none yet. */
  samples(key: string): Promise<PointSamples | undefined> {
    return this.#records.samples(key);
  }

  /** Opens the playground with a point's column among the others, on the first samples of its network. */
  open(column: ColumnSettings): void {
    const { engine, settings } = this.#store.getState();
    if (engine.status !== 'ready') return;
    const { manifest } = engine;
    const all = manifest.prompts
      ? studyPrompts(this.#arranged?.networks.features)
      : manifest.classes;
    const names = all.slice(0, BATCH);
    showColumn(this.#store, column, {
      page: 'playground',
      subject: knownSubject({ kind: 'each', names }, manifest),
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
    this.#work.wake();
  }

  get #points(): readonly Point[] {
    return this.#arranged?.points ?? [];
  }

  /** Samples that each point is to have. */
  get #samples(): number {
    return this.#arranged?.samples ?? 0;
  }

  /** The points that miss samples, the next one first. */
  #jobs(): PointJob[] {
    const shown = isShown(this.#store.getState());
    if (!shown || !this.#arranged || this.state.getState().status !== 'running') return [];
    const { seed, networks, points, order, samples } = this.#arranged;
    const { manifest } = shown;
    if (!isMeasurable(manifest, networks.features)) return [];
    const states = points.map(({ key, refusal }) => ({
      samples: this.#records.get(key)?.samples ?? 0,
      skip: refusal !== undefined || !this.#records.isRead(key) || this.#failure(key) !== undefined,
    }));
    const { features } = networks;
    return drawOrder(states, samples, order, roundOf(features)).map((index) => {
      const point = points[index]!;
      return { place: point.key, key: point.key, point, manifest, features, samples, seed };
    });
  }

  /** There is nothing to draw: the sweep has ended once all is measured. */
  #idle(): void {
    const shown = isShown(this.#store.getState());
    if (!shown || this.state.getState().status !== 'running') return;
    const read = this.#arranged && this.#points.every(({ key }) => this.#records.isRead(key));
    if (read && !this.#measuring.busy) this.#setStatus('idle');
  }

  /** Why a point could not be drawn or measured. */
  #failure(key: string): string | undefined {
    return this.#work.failure(key) ?? this.#measuring.failure(key);
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
      void this.#files.read();
      void this.#lookForUnreadable();
    }
    const { networks } = this.state.getState();
    if (!networks) return;
    const now = arranged({ experiment, seed, manifest, precision, networks }, this.#arranged);
    if (now === this.#arranged) return;
    this.#arranged = now;
    this.#records.releaseOthers(now.points.map(({ key }) => key));
    this.state.setState({ series: now.series, samples: now.samples });
    this.#publish();
    void this.#readRecords();
  }

  async #lookForUnreadable(): Promise<void> {
    const found = await this.#stored(this.#storage.unreadable());
    const some = found && found.points.length + found.files.length > 0;
    this.state.setState({ unreadable: some ? found : undefined });
  }

  async #readNetworks(manifest: DenoiserManifest): Promise<void> {
    const networks = await this.#findNetworks(manifest).catch((error: unknown) => {
      this.state.setState({ problem: { kind: 'networks', message: messageOf(error) } });
      return { denoisers: [manifest], features: undefined, stages: [] };
    });
    if (this.#networksOf !== manifest) return;
    this.state.setState({ networks });
    this.#wake();
  }

  async #readRecords(): Promise<void> {
    await this.#records.read(this.#points.map(({ key }) => key));
    for (const { key } of this.#points) this.#measuring.measureIfDue(key);
    this.#publish();
    this.#wake();
  }

  async #draw(job: PointJob, signal: AbortSignal): Promise<Drawn> {
    const { point, manifest, features, samples, seed } = job;
    const { key, model } = point;
    const batches = await this.#records.batches(key);
    const start = batches.reduce((sum, { labels }) => sum + labels.length, 0);
    // To the next whole batch, so that every sweep passes the same counts.
    const count = Math.min(BATCH - (start % BATCH), samples - start);
    const settings = batchSettings(point, [start, count], seed, manifest, features);
    const labels = batchLabels([start, count], manifest, features);
    const began = performance.now();
    const done = await this.#client.sample(settings, {
      judge: false,
      measure: true,
      denoiser: model === manifest.id ? undefined : model,
      signal,
      onProgress: (download) => {
        if (download.phase === 'download') this.state.setState({ download });
      },
    });
    return { start, labels, done, ms: performance.now() - began };
  }

  async #add({ point: { key, cost }, manifest }: PointJob, drawn: Drawn): Promise<void> {
    const { start, labels, done, ms } = drawn;
    const { measured, frame, figures } = done;
    if (!measured) {
      throw new Error(`${manifest.id}: needs its feature network to measure, which is not loaded`);
    }
    this.#learnSpeed(ms / (labels.length * cost));
    const { network, logits, features, fits } = measured;
    const pictures = start < KEPT_PICTURES ? frame.x : undefined;
    const { nfe, totalMs } = figures;
    const batch = { start, labels, logits, features, ...(fits && { fits }), pictures };
    await this.#records.add(key, batch, { network, nfe, totalMs });
    this.#measuring.measureIfDue(key);
  }

  #learnSpeed(msPerCost: number): void {
    const before = this.#msPerCost ?? msPerCost;
    this.#msPerCost = before + NEWEST_SHARE * (msPerCost - before);
  }

  /** Says how the points stand. */
  #publish(): void {
    const wanted = this.#samples;
    let costLeft = 0;
    const points = this.#points.map((point): PointState => {
      const { key, refusal, cost } = point;
      const record = this.#records.get(key);
      const message = this.#failure(key);
      if (refusal) return { point, status: 'refused', record };
      if (message !== undefined) return { point, status: 'failed', record, message };
      if (!this.#records.isRead(key)) return { point, status: 'unread', record };
      costLeft += cost * Math.max(0, wanted - (record?.samples ?? 0));
      const measured = record?.figures.some(({ samples }) => samples === wanted);
      if (measured) return { point, status: 'done', record };
      return { point, status: this.#work.running?.key === key ? 'running' : 'waiting', record };
    });
    const msLeft = this.#msPerCost === undefined ? undefined : costLeft * this.#msPerCost;
    this.state.setState({ points, msLeft });
  }
}

/** The engine with its denoiser, while the page of experiments is shown. */
function isShown({ settings, engine }: AppState): ReadyEngine | undefined {
  return settings.page === 'experiments' && engine.status === 'ready' ? engine : undefined;
}
