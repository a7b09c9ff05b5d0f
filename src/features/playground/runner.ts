import type { EngineClient, Finished, Loaded } from '../../engine/client';
import { type Result, ResultCache } from '../../kit/result-cache';
import { StaleWork } from '../../kit/stale-work';
import { addFrames, type Trajectories, type Trajectory } from '../../kit/trajectories';
import { type ColumnState, idleColumn, type Store } from '../../settings/store';
import { type ColumnJob, columnJobs, sameSubject, serves } from './column-jobs';
import { loadModel, setReady } from './load-model';
import { Steering } from './steering';

type Client = Pick<EngineClient, 'load' | 'sample' | 'steer'>;

type Made = Pick<Result, 'trajectory' | 'done'>;

/** What a column shows, and the job that made it. */
interface Shown extends Made {
  readonly job: ColumnJob;
}

/**
 * Keeps every column's pictures up to date with the settings, the active one's first. Columns with
 * equal settings share their pictures. While a slider is held, it runs previews.
 */
export class Runner {
  readonly #store: Store;
  readonly #client: Client;
  readonly #trajectories: Trajectories;
  readonly #baseUrl: string;
  readonly #cache: ResultCache;
  readonly #steering: Steering;
  readonly #work: StaleWork<ColumnJob, Made>;
  /** By the columns' ids. */
  readonly #shown = new Map<number, Shown>();
  #msPerEvaluation: number | undefined;

  /** @param cache finished runs that need not be run again; the grid's are among them */
  constructor(
    store: Store,
    client: Client,
    trajectories: Trajectories,
    baseUrl: string,
    cache = new ResultCache(),
  ) {
    this.#store = store;
    this.#client = client;
    this.#trajectories = trajectories;
    this.#baseUrl = baseUrl;
    this.#cache = cache;
    this.#steering = new Steering(store, client);
    this.#work = new StaleWork<ColumnJob, Made>({
      jobs: () => this.#jobs(),
      isDone: (job) => this.#isDone(job),
      serves,
      isDragging: () => store.getState().dragging,
      run: (job, signal) => this.#run(job, signal),
      done: (job, made) => this.#done(job, made),
      failed: (job, message) => {
        this.#trajectories.abandon(job.place);
        this.#shown.delete(job.place);
        this.#set(job.place, { status: 'failed', message });
        if (this.#steering.job === job) this.#steering.end();
      },
      aborted: (job) => {
        this.#trajectories.abandon(job.place);
        this.#restore(job.place);
        if (this.#steering.job === job) this.#steering.end();
      },
    });
    store.subscribe((state, before) => {
      const relevant =
        state.settings !== before.settings ||
        state.dragging !== before.dragging ||
        state.engine !== before.engine;
      if (relevant) this.#wake();
    });
  }

  /** Loads the model of the settings, or the site's default one; ends in `ready` or `failed`. */
  load(): Promise<void> {
    return this.#load(false);
  }

  /** Loads another model. What it does not know of the settings is put in order, and told. */
  switchTo(model: string): Promise<void> {
    this.#store.setState(({ settings }) => ({ settings: { ...settings, model } }));
    return this.#load(true);
  }

  #load(switching: boolean): Promise<void> {
    this.#forget();
    this.#msPerEvaluation = undefined;
    return loadModel(this.#store, this.#client, this.#baseUrl, switching);
  }

  /** The engine is ready after it was rebuilt. */
  ready(loaded: Loaded): void {
    setReady(this.#store, loaded, false);
  }

  /** Runs everything anew: after a failure, or to watch it again. */
  repeat(): void {
    this.#forget();
    this.#wake();
  }

  /**
   * Runs the active column slowly, so that `steerTo` changes its guidance meanwhile: at its scale
   * first, without shape or curve. At the end the scales of the steps become the column's curve. A
   * change of anything else ends it.
   */
  steer(): void {
    this.#steering.start(this.#activeJob());
    this.#wake();
  }

  /** Another scale for the steered run, from its next step on. */
  steerTo(scale: number): void {
    this.#steering.setScale(scale);
  }

  /** Aborts the steered run: the column shows again what it did. */
  stopSteering(): void {
    if (!this.#steering.job) return;
    this.#steering.end();
    this.#wake();
  }

  #forget(): void {
    if (this.#steering.job) this.#steering.end();
    this.#work.reset();
    this.#shown.clear();
    this.#cache.clear();
    this.#trajectories.clear();
    this.#store.setState(({ columns }) => ({ columns: columns.map(({ id }) => idleColumn(id)) }));
  }

  #wake(): void {
    this.#steering.endUnless(this.#activeJob());
    const ids = new Set(this.#store.getState().columns.map(({ id }) => id));
    for (const id of this.#shown.keys()) if (!ids.has(id)) this.#shown.delete(id);
    this.#trajectories.keepOnly(ids);
    this.#work.wake();
  }

  #jobs(): ColumnJob[] {
    if (this.#steering.job) return [this.#steering.job];
    const state = this.#store.getState();
    return columnJobs(state, state.dragging, this.#msPerEvaluation);
  }

  /** The active column's run in full. */
  #activeJob(): ColumnJob | undefined {
    return columnJobs(this.#store.getState(), false, this.#msPerEvaluation)[0];
  }

  /** A column whose pictures were made before, or for another column, takes those. */
  #isDone(job: ColumnJob): boolean {
    const shown = this.#shown.get(job.place);
    if (shown && serves(shown.job, job)) return true;
    const twin = [...this.#shown.values()].find((other) => serves(other.job, job));
    const made = twin ?? this.#cached(job);
    if (made) this.#show(job, made);
    return made !== undefined;
  }

  #cached(job: ColumnJob): Made | undefined {
    const made = this.#cache.get(job.key);
    return made && serves({ ...job, inside: made.inside, preview: false }, job) ? made : undefined;
  }

  async #run(job: ColumnJob, signal: AbortSignal): Promise<Made> {
    const { place, settings, inside, preview, stepMs } = job;
    const steered = stepMs !== undefined;
    const trajectory = this.#startTrajectory(job);
    const done = await this.#client.sample(steered ? this.#steering.settingsOf(job) : settings, {
      judge: !preview,
      stepMs,
      inside,
      signal,
      onFrames: (frames, scales) => {
        if (scales) this.#steering.recordScales(job, scales);
        addFrames(trajectory, frames);
        this.#set(place, { step: trajectory.frames.length, download: undefined });
        this.#trajectories.changed();
      },
      onProgress: (progress) => {
        if (progress.phase === 'download') this.#set(place, { download: progress });
      },
    });
    trajectory.frames.push(done.frame);
    trajectory.finished = true;
    return { trajectory, done };
  }

  #startTrajectory(job: ColumnJob): Trajectory {
    const { place, settings, shape, names, preview } = job;
    const { numSteps, seeds } = settings;
    const trajectory: Trajectory = {
      ...{ numSteps, count: seeds.length, shape, names, preview },
      ...{ frames: [], finished: false },
    };
    // Other noise, another class and what is steered are watched from the start; after a change of
    // settings the last finished picture stays until the new one replaces it.
    const before = this.#shown.get(place);
    if (!before || !sameSubject(before.job, job) || job.stepMs !== undefined) {
      this.#trajectories.watch(place, trajectory);
      this.#set(place, { figures: undefined, verdicts: undefined }); // they are of other pictures
    }
    this.#set(place, { status: 'running', step: 0, numSteps, preview, download: undefined });
    return trajectory;
  }

  #done(job: ColumnJob, made: Made): void {
    const { inside } = job;
    const { totalMs, nfe } = made.done.figures;
    this.#msPerEvaluation = totalMs / (nfe * job.settings.seeds.length);
    if (!made.done.scales) {
      if (!job.preview) this.#cache.put(job.key, { ...made, inside });
      this.#show(job, made);
      return;
    }
    const replayed = this.#steering.replayed(job, made.done.scales);
    if (!replayed) return;
    this.#cache.put(replayed.job.key, { ...made, inside });
    this.#show(replayed.job, made);
    this.#steering.end({ settings: replayed.settings });
  }

  /** What the column says of the pictures that it still shows, after a run that was aborted. */
  #restore(id: number): void {
    const shown = this.#shown.get(id);
    if (shown) this.#show(shown.job, shown);
    else this.#set(id, { status: 'waiting', download: undefined });
  }

  #show(job: ColumnJob, { trajectory, done }: Made): void {
    this.#shown.set(job.place, { job, trajectory, done });
    this.#trajectories.finish(job.place, trajectory);
    const { figures, verdicts }: Finished = done;
    const { numSteps, preview } = trajectory;
    this.#set(job.place, {
      ...{ status: 'done', step: numSteps, numSteps, preview },
      ...{ figures, verdicts, message: undefined, download: undefined },
    });
  }

  #set(columnId: number, changes: Partial<ColumnState>): void {
    this.#store.setState(({ columns }) => ({
      columns: columns.map((state) => (state.id === columnId ? { ...state, ...changes } : state)),
    }));
  }
}
