import type { EngineClient, Finished, Loaded } from '../../engine/client';
import { type Result, ResultCache } from '../../kit/result-cache';
import type { FilmTake } from '../../kit/services';
import { StaleWork } from '../../kit/stale-work';
import {
  addFrames,
  newTrajectory,
  type Trajectories,
  type Trajectory,
} from '../../kit/trajectories';
import { type ColumnState, idleColumn, type Store } from '../../settings/store';
import { type ColumnJob, columnJobs, isQuick, serves } from './column-jobs';
import { Film, hasScale, nearestTake } from './film';
import { loadModel, setReady } from './load-model';
import { placeOf } from './rail/rail-axis';
import { Steering } from './steering';

type Client = Pick<EngineClient, 'load' | 'sample' | 'steer' | 'film' | 'dispose'>;

type Made = Pick<Result, 'trajectory' | 'done'>;

/** What a column says while none of its pictures are what it asks for. */
const NOTHING_SHOWN = {
  ...{ filmScale: undefined, filmByStudent: false },
  ...{ figures: undefined, verdicts: undefined },
} as const;
/** The pictures are of the settings that the column has. */
const OWN_PICTURES = { stale: false, filmScale: undefined, filmByStudent: false } as const;

/** What a column shows, and the job that made it. */
interface Shown extends Made {
  readonly job: ColumnJob;
}

/**
 * Keeps every column's pictures up to date with the settings, the active one's first. Columns with
 * equal settings share their pictures. Every run is seen from its first step on; what a column showed
 * before is stale from the change of its settings until then. While the scale is dragged, the film
 * is played: the nearest scale that is there.
 */
export class Runner {
  readonly #store: Store;
  readonly #client: Client;
  readonly #trajectories: Trajectories;
  readonly #baseUrl: string;
  readonly #cache: ResultCache;
  readonly #steering: Steering;
  /** The columns' pictures at other scales. */
  readonly film: Film;
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
    film = new Film(store, client, cache),
  ) {
    this.#store = store;
    this.#client = client;
    this.#trajectories = trajectories;
    this.#baseUrl = baseUrl;
    this.#cache = cache;
    this.film = film;
    this.#steering = new Steering(store, client);
    this.#work = new StaleWork<ColumnJob, Made>({
      jobs: () => this.#jobs(),
      isDone: (job) => this.#isDone(job),
      serves,
      isDragging: () => store.getState().dragging,
      run: (job, signal) => this.#run(job, signal),
      done: (job, made) => this.#done(job, made),
      failed: (job, message) => {
        this.#failed(job, message);
        if (this.#steering.job === job) this.#steering.end();
      },
      aborted: (job) => {
        this.#trajectories.abandon(job.place);
        this.#restore(job.place);
        if (store.getState().dragging) this.#showNearest(this.#activeJob());
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
    film.subscribe(() => this.#work.wake());
  }

  /** The page was hidden or is seen again: what is drawn ahead stops or goes on. */
  visibilityChanged(): void {
    this.film.wake();
    this.#work.wake();
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
    const { columns } = this.#store.getState();
    // What has failed may have left the engine in pieces: a new one draws.
    if (columns.some(({ status }) => status === 'failed')) this.#client.dispose();
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
    this.film.clear();
    this.#trajectories.clear();
    this.#store.setState(({ columns }) => ({ columns: columns.map(({ id }) => idleColumn(id)) }));
  }

  #wake(): void {
    this.#steering.endUnless(this.#activeJob());
    const state = this.#store.getState();
    const ids = new Set(state.columns.map(({ id }) => id));
    for (const id of this.#shown.keys()) if (!ids.has(id)) this.#shown.delete(id);
    this.#trajectories.keepOnly(ids);
    for (const job of columnJobs(state)) this.#markStale(job);
    if (state.dragging) this.#showNearest(this.#activeJob());
    this.#work.wake();
  }

  /** The active one first; while dragging that one only, and it only if the film does not stand in. */
  #jobs(): ColumnJob[] {
    if (this.#steering.job) return [this.#steering.job];
    const state = this.#store.getState();
    const jobs = columnJobs(state);
    const [active] = jobs;
    if (!active) return jobs;
    if (!state.dragging) return this.film.comesFirst ? [active] : jobs;
    const dragged = isQuick(active.settings, this.#msPerEvaluation);
    if (dragged) return [{ ...active, dragged }];
    return this.#wholeTakes(active).length > 0 ? [] : [active];
  }

  #activeJob(): ColumnJob | undefined {
    return columnJobs(this.#store.getState())[0];
  }

  /** From the moment that a column asks for something else, its pictures and figures are not its own. */
  #markStale(job: ColumnJob): void {
    const shown = this.#shown.get(job.place);
    const { running } = this.#work;
    // Its own run may be on the screen already.
    if (!shown || (running?.place === job.place && running.key === job.key)) return;
    const state = this.#store.getState().columns.find(({ id }) => id === job.place);
    const isOwn = shown.job.key === job.key;
    if (isOwn && (state?.stale || state?.filmScale !== undefined)) this.#show(job, shown);
    if (isOwn || (state?.stale && state.filmScale === undefined)) return;
    this.#trajectories.cover(job.place, undefined);
    const status = running?.place === job.place ? state?.status : 'waiting';
    this.#set(job.place, { status: status ?? 'waiting', stale: true, ...NOTHING_SHOWN });
  }

  /** What there is of all samples of a column at other scales: the network's own first. */
  #wholeTakes({ settings }: ColumnJob): FilmTake[] {
    return [...this.film.takes(settings), ...this.film.studentTakes(settings)];
  }

  /**
   * Plays the film: the column shows the nearest scale that is there, and says so. Where the picked
   * sample alone is there nearer, that is laid over the others, which stay stale.
   */
  #showNearest(job: ColumnJob | undefined): void {
    if (!job || !hasScale(job.settings) || this.#shown.get(job.place)?.job.key === job.key) return;
    const { guidanceScale } = job.settings;
    const whole = nearestTake(this.#wholeTakes(job), guidanceScale);
    const { picked } = this.#store.getState().settings;
    const covers = Math.min(picked, job.settings.seeds.length - 1);
    const single = nearestTake(
      [
        ...this.film.takesOf(job.settings, covers),
        ...this.film.studentTakesOf(job.settings, covers),
      ],
      guidanceScale,
    );
    if (single && (!whole || isNearer(single.scale, whole.scale, guidanceScale))) {
      const { trajectory } = single;
      this.#trajectories.cover(job.place, { trajectory, from: 0, covers });
      this.#set(job.place, {
        status: 'done',
        ...NOTHING_SHOWN,
        stale: true,
        ...{ filmScale: single.scale, filmByStudent: single.byStudent },
      });
    } else if (whole) {
      const { scale: filmScale, byStudent: filmByStudent, settings, trajectory, done } = whole;
      const { figures, verdicts } = done;
      this.#trajectories.finish(job.place, trajectory);
      const shown = { ...job, settings, key: JSON.stringify(settings) };
      this.#shown.set(job.place, { job: shown, trajectory, done });
      const film = { filmScale, filmByStudent, lastStep: trajectory.lastStep };
      this.#set(job.place, { status: 'done', stale: false, ...film, figures, verdicts });
    }
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
    return made && serves({ ...job, inside: made.inside }, job) ? made : undefined;
  }

  async #run(job: ColumnJob, signal: AbortSignal): Promise<Made> {
    const { place, settings, inside, stepMs } = job;
    const steered = stepMs !== undefined;
    const trajectory = newTrajectory(job.stages, job.names);
    const watched = this.#watch(job, trajectory);
    const done = await this.#client.sample(steered ? this.#steering.settingsOf(job) : settings, {
      stepMs,
      inside,
      signal,
      onFrames: (frames, scales) => {
        if (signal.aborted) return; // they were on their way
        if (scales) this.#steering.recordScales(job, scales);
        addFrames(trajectory, frames);
        const { length } = trajectory.frames;
        const standing = watched && this.#standing(job);
        this.#set(place, { step: length, download: undefined, ...standing });
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

  /**
   * Shows the run from its first step on, and returns that it does. One that only records more of
   * what is shown already is not watched: its pictures are the same.
   */
  #watch(job: ColumnJob, trajectory: Trajectory): boolean {
    const { place, key, stepMs } = job;
    const watched = this.#shown.get(place)?.job.key !== key || stepMs !== undefined;
    if (watched) {
      this.#trajectories.watch(place, trajectory);
      this.#set(place, { figures: undefined, verdicts: undefined });
    }
    const { lastStep } = trajectory;
    this.#set(place, { status: 'running', step: 0, lastStep, download: undefined });
    return watched;
  }

  #done(job: ColumnJob, made: Made): void {
    const { inside } = job;
    const { totalMs, nfe } = made.done.figures;
    this.#msPerEvaluation = totalMs / (nfe * job.settings.seeds.length);
    if (!made.done.scales) {
      this.#cache.put(job.key, { ...made, inside });
      this.film.note(job.settings, this.#msPerEvaluation);
      this.#show(job, made);
      return;
    }
    const replayed = this.#steering.replayed(job, made.done.scales);
    if (!replayed) return;
    this.#cache.put(replayed.job.key, { ...made, inside });
    this.#show(replayed.job, made);
    this.#steering.end({ settings: replayed.settings });
  }

  /** Of a cascade the stages that were finished stay: they are pictures of these settings. */
  #failed({ place }: ColumnJob, message: string): void {
    const finished = this.#trajectories.settle(place);
    if (finished) this.#shown.delete(place);
    this.#set(place, { status: 'failed', message, stale: !finished, ...NOTHING_SHOWN });
    if (finished) this.#set(place, { step: finished.lastStep, lastStep: finished.lastStep });
  }

  /** What the column says of the pictures that it shows again, after a run that was aborted. */
  #restore(id: number): void {
    const shown = this.#shown.get(id);
    const wanted = columnJobs(this.#store.getState()).find(({ place }) => place === id);
    if (shown && shown.job.key === wanted?.key) this.#show(shown.job, shown);
    else this.#set(id, { status: 'waiting', download: undefined, stale: true, ...NOTHING_SHOWN });
  }

  #show(job: ColumnJob, { trajectory, done }: Made): void {
    this.#shown.set(job.place, { job, trajectory, done });
    this.#trajectories.finish(job.place, trajectory);
    const { figures, verdicts }: Finished = done;
    const { lastStep } = trajectory;
    const standing = this.#standing(job);
    this.#set(job.place, {
      ...{ status: 'done', step: lastStep, lastStep, message: undefined, download: undefined },
      ...{ figures, verdicts, ...standing, ...(standing.stale && NOTHING_SHOWN) },
      keptEvery: trajectory.keptEvery,
    });
  }

  /** How the pictures of a job stand to what their column asks for by now. */
  #standing(job: ColumnJob): Pick<ColumnState, 'stale' | 'filmScale' | 'filmByStudent'> {
    const wanted = columnJobs(this.#store.getState()).find(({ place }) => place === job.place);
    if (!wanted || wanted.key === job.key || job.stepMs !== undefined) return OWN_PICTURES;
    const { guidanceScale } = job.settings;
    const atScale = JSON.stringify({ ...wanted.settings, guidanceScale });
    return atScale === job.key
      ? { stale: false, filmScale: guidanceScale, filmByStudent: false }
      : { stale: true, filmScale: undefined, filmByStudent: false };
  }

  #set(columnId: number, changes: Partial<ColumnState>): void {
    this.#store.setState(({ columns }) => ({
      columns: columns.map((state) => (state.id === columnId ? { ...state, ...changes } : state)),
    }));
  }
}

function isNearer(scale: number, other: number, wanted: number): boolean {
  const distance = (of: number) => Math.abs(placeOf(of) - placeOf(wanted));
  return distance(scale) < distance(other);
}
