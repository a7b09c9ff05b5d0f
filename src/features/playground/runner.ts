import { findGuidanceRule } from '../../diffusion/guidance';
import { findSampler } from '../../diffusion/samplers';
import {
  Cancelled,
  type EngineClient,
  EngineError,
  type Finished,
  type Loaded,
} from '../../engine/client';
import type { LookInside, SampleSettings } from '../../engine/protocol';
import { ResultCache } from '../../kit/result-cache';
import { addFrames, type Trajectories, type Trajectory } from '../../kit/trajectories';
import { messageOf } from '../../networks/errors';
import { curveScale } from '../../settings/curve';
import { fittedToModel, type Settings, sampleNames, sampleSettings } from '../../settings/settings';
import { slicesFittedTo } from '../../settings/slice';
import { type AppState, type ColumnState, idleColumn, type Store } from '../../settings/store';
import { axesFittedTo } from '../grid/grid';

/** A preview lasts about this long, measured on the runs before. */
const PREVIEW_MS = 150;
/** One step from pure noise shows the mean of the data, whatever the guidance. */
const FEWEST_PREVIEW_STEPS = 2;

/** More rows than this go through the network in several runs. */
const LARGEST_BATCH = 16;

/** A steered run lasts about this long: time to watch and to react. */
const STEERED_MS = 6000;

type Client = Pick<EngineClient, 'load' | 'sample' | 'steer'>;

/** What a column should show. */
interface Job {
  readonly columnId: number;
  /** The settings asked for, as text: equal keys mean equal pixels, but for previews. */
  readonly key: string;
  readonly settings: SampleSettings;
  /** What is recorded beside the pictures. */
  readonly inside: LookInside | undefined;
  /** Fewer steps than asked for. */
  readonly preview: boolean;
  /** Asked for while a slider moved. */
  readonly dragged: boolean;
  /** Time from step to step of a run that is steered. */
  readonly stepMs?: number | undefined;
}

/** What a column shows, and the job that made it. */
interface Shown {
  readonly job: Job;
  /** Missing after a failure. */
  readonly result?: { readonly trajectory: Trajectory; readonly done: Finished };
}

/**
 * Keeps every column's pictures up to date with the settings: runs the stale ones in turn, the
 * active one first, one at a time. Nothing queues up: each next run is chosen from the settings
 * as they are then.
 */
export class Runner {
  readonly #store: Store;
  readonly #client: Client;
  readonly #trajectories: Trajectories;
  readonly #baseUrl: string;
  readonly #cache: ResultCache;
  readonly #shown = new Map<number, Shown>();
  /** The run that is steered, asked for or under way: nothing else runs meanwhile. */
  #steered: Job | undefined;
  #current: { readonly job: Job; readonly abort: AbortController } | undefined;
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

  async #load(switching: boolean): Promise<void> {
    const { model, backend, precision, maxBatch, ...page } = this.#store.getState().settings;
    this.#forget();
    this.#msPerEvaluation = undefined;
    this.#store.setState({ engine: { status: 'loading', progress: undefined } });
    try {
      const loaded = await this.#client.load(
        {
          modelId: model,
          baseUrl: this.#baseUrl,
          backend,
          precision,
          maxBatch: maxBatch || undefined,
          rows: firstRows(page),
        },
        (progress) => this.#store.setState({ engine: { status: 'loading', progress } }),
      );
      this.#fit(loaded, switching);
    } catch (error) {
      if (error instanceof Cancelled) return;
      const kind = error instanceof EngineError ? error.kind : 'engine';
      this.#store.setState({ engine: { status: 'failed', kind, message: messageOf(error) } });
    }
  }

  /** The engine is ready, after a load or a rebuild: what the model does not know leaves the settings. */
  ready(loaded: Loaded): void {
    this.#fit(loaded, false);
  }

  #fit({ manifest, info, warnings }: Loaded, switching: boolean): void {
    this.#store.setState(({ settings: wanted, notice: before }) => {
      const notice = switching ? undefined : before; // it was about another network
      const others = switching && {
        ...axesFittedTo(wanted, manifest),
        slices: slicesFittedTo(wanted.slices, manifest),
      };
      const { settings, ignored } = fittedToModel({ ...wanted, ...others }, manifest);
      const misread = notice?.kind === 'misread' ? notice.pieces : [];
      // That another model has other classes goes without saying.
      const pieces = [...misread, ...ignored.filter(({ key }) => !switching || key !== 'draw')];
      return {
        settings,
        engine: { status: 'ready', info, manifest },
        notice: pieces.length
          ? { kind: switching ? 'refitted' : 'misread', pieces }
          : warnings.length
            ? { kind: 'unchecked', warnings }
            : (notice ?? (info.fallback && { kind: 'fallback', reason: info.fallback.reason })),
      };
    });
  }

  /** Runs everything anew: after a failure, or to watch it again. */
  repeat(): void {
    this.#forget();
    this.#wake();
  }

  /**
   * Runs the active column slowly, so that `steerTo` changes its guidance meanwhile: at its scale
   * first, without shape or curve. At the end the scales of the steps become the column's curve. A
   * change of anything else gives it up.
   */
  steer(): void {
    const job = this.#steeredJob();
    if (!job || this.#steered) return;
    const guidanceScale = curveScale(job.settings.guidanceScale);
    this.#steered = job;
    this.#store.setState({ steering: { columnId: job.columnId, guidanceScale, scales: [] } });
    this.#wake();
  }

  /** Another scale for the steered run, from its next step on. */
  steerTo(scale: number): void {
    const { steering } = this.#store.getState();
    if (!steering) return;
    const guidanceScale = curveScale(scale);
    this.#store.setState({ steering: { ...steering, guidanceScale } });
    this.#client.steer(guidanceScale);
  }

  /** Gives the steered run up: the column shows again what it did. */
  stopSteering(): void {
    if (!this.#steered) return;
    this.#endSteering();
    this.#wake();
  }

  /** The slider that steered may be inactive now, and then nobody would hear of its release. */
  #endSteering(changes: Partial<AppState> = {}): void {
    this.#steered = undefined;
    this.#store.setState({ ...changes, steering: undefined, dragging: false });
  }

  #forget(): void {
    if (this.#steered) this.#endSteering();
    this.#current?.abort.abort();
    this.#shown.clear();
    this.#cache.clear();
    this.#trajectories.clear();
    this.#store.setState(({ columns }) => ({ columns: columns.map(({ id }) => idleColumn(id)) }));
  }

  #wake(): void {
    if (this.#steered) {
      const now = this.#steeredJob();
      const same = now?.columnId === this.#steered.columnId && serves(this.#steered, now);
      if (!same) this.#endSteering();
    }
    const ids = new Set(this.#store.getState().columns.map(({ id }) => id));
    for (const id of this.#shown.keys()) if (!ids.has(id)) this.#shown.delete(id);
    this.#trajectories.keepOnly(ids);

    const next = this.#nextJob();
    if (!this.#current) {
      if (next) void this.#run(next);
      return;
    }
    const { job, abort } = this.#current;
    // While a slider moves, its run is let finish, so that dragging never starves; any other run
    // that nobody wants any more is not, nor one when there is nothing left to run.
    const wanted =
      next !== undefined &&
      ((job.dragged && this.#store.getState().dragging) ||
        this.#jobs().some((now) => now.columnId === job.columnId && serves(job, now)));
    if (!wanted) abort.abort();
  }

  /** The next thing to run. Columns whose pictures were made before, or for another column, take those. */
  #nextJob(): Job | undefined {
    for (const job of this.#jobs()) {
      const own = this.#shown.get(job.columnId);
      if (own && serves(own.job, job)) continue;
      const twin = [...this.#shown.values()].find((s) => s.result && serves(s.job, job));
      const made = twin?.result ?? this.#cached(job);
      if (!made) return job;
      this.#finish(job, made.trajectory, made.done);
    }
    return undefined;
  }

  #cached(job: Job): Shown['result'] {
    const made = this.#cache.get(job.key);
    return made && serves({ ...job, inside: made.inside, preview: false }, job) ? made : undefined;
  }

  /** What is to be run, in this order. */
  #jobs(): Job[] {
    return this.#steered ? [this.#steered] : this.#columnJobs(this.#store.getState().dragging);
  }

  /** The active column's run, to be steered; undefined if its rule has no scale. */
  #steeredJob(): Job | undefined {
    const [job] = this.#columnJobs(false);
    if (!job || !findGuidanceRule(job.settings.guidance).usesScale) return undefined;
    return { ...job, key: `steered ${job.key}`, stepMs: STEERED_MS / job.settings.numSteps };
  }

  /**
   * What the columns should show, the active one first; while dragging, a preview of that one only.
   * Nothing while the grid is shown, which has the engine then.
   */
  #columnJobs(dragging: boolean): Job[] {
    const { engine, settings, columns } = this.#store.getState();
    if (engine.status !== 'ready' || !showsColumns(settings)) return [];
    const { active } = settings;
    const gradient = settings.gradient && engine.manifest.companions?.classifier !== undefined;
    const inside = settings.inside ? { gradient } : undefined;
    const others = [...columns.keys()].filter((i) => i !== active);
    return (dragging ? [active] : [active, ...others]).map((i) => {
      const column = settings.columns[i]!;
      const full = sampleSettings(settings, column, engine.manifest);
      const numSteps = dragging ? this.#previewSteps(full) : full.numSteps;
      const reduced = sampleSettings(settings, { ...column, numSteps }, engine.manifest);
      const preview = numSteps < full.numSteps;
      const key = JSON.stringify(full);
      const columnId = columns[i]!.id;
      return { columnId, key, settings: reduced, inside, preview, dragged: dragging };
    });
  }

  /** As many steps as fit in PREVIEW_MS at the measured speed. */
  #previewSteps(full: SampleSettings): number {
    if (this.#msPerEvaluation === undefined) return full.numSteps;
    const { evaluations } = findSampler(full.sampler);
    const somewhere = { step: 0, stage: 0, sigma: 1, sigmaDown: 0, guidanceScale: 2 };
    const needed = findGuidanceRule(full.guidance).needs(somewhere, full.parameters);
    const predictions = needed.length;
    const perStep = (evaluations(full.numSteps) / full.numSteps) * predictions * full.seeds.length;
    const fitting = Math.floor(PREVIEW_MS / (perStep * this.#msPerEvaluation));
    return Math.min(full.numSteps, Math.max(FEWEST_PREVIEW_STEPS, fitting));
  }

  async #run(job: Job): Promise<void> {
    const { columnId, settings, inside, preview } = job;
    const { numSteps } = settings;
    const { engine, settings: page } = this.#store.getState();
    if (engine.status !== 'ready') return;
    const abort = new AbortController();
    this.#current = { job, abort };
    const trajectory: Trajectory = {
      numSteps,
      count: settings.seeds.length,
      shape: engine.manifest.shape,
      names: sampleNames(page),
      frames: [],
      preview,
      finished: false,
    };
    // Other noise, another class and what is steered are watched from the start; after a change of
    // settings the last finished picture stays until the new one replaces it.
    const before = this.#shown.get(columnId);
    const steered = job.stepMs !== undefined;
    if (!before?.result || subjectOf(before.job) !== subjectOf(job) || steered) {
      this.#trajectories.watch(columnId, trajectory);
      this.#set(columnId, { figures: undefined, verdicts: undefined }); // they are of other pictures
    }
    this.#set(columnId, { status: 'running', step: 0, numSteps, preview, download: undefined });
    try {
      const done = await this.#client.sample(steered ? this.#steeredNow(settings) : settings, {
        judge: !preview,
        stepMs: job.stepMs,
        inside,
        signal: abort.signal,
        onFrames: (frames, scales) => {
          if (scales) this.#recordSteps(job, scales);
          addFrames(trajectory, frames);
          this.#set(columnId, { step: trajectory.frames.length, download: undefined });
          this.#trajectories.changed();
        },
        onProgress: (progress) => {
          if (progress.phase === 'download') this.#set(columnId, { download: progress });
        },
      });
      if (steered && this.#steered !== job) throw new Cancelled('The run was given up');
      trajectory.frames.push(done.frame);
      trajectory.finished = true;
      const { totalMs, nfe } = done.figures;
      this.#msPerEvaluation = totalMs / (nfe * settings.seeds.length);
      if (!preview && !steered) this.#cache.put(job.key, { trajectory, done, inside });
      if (done.scales) this.#keepCurve(job, trajectory, done, done.scales);
      else this.#finish(job, trajectory, done);
    } catch (error) {
      this.#trajectories.abandon(columnId);
      if (error instanceof Cancelled) {
        this.#restore(columnId);
      } else {
        this.#shown.set(columnId, { job }); // not tried again until something changes
        this.#set(columnId, { status: 'failed', message: messageOf(error) });
      }
      if (this.#steered === job) this.#endSteering();
    }
    this.#current = undefined;
    this.#wake();
  }

  /** The settings of a steered run, which may have been steered before it could begin. */
  #steeredNow(settings: SampleSettings): SampleSettings {
    const { steering } = this.#store.getState();
    return { ...settings, guidanceScale: (steering ?? settings).guidanceScale };
  }

  #recordSteps(job: Job, scales: readonly number[]): void {
    const { steering } = this.#store.getState();
    if (!steering || this.#steered !== job) return;
    this.#store.setState({ steering: { ...steering, scales: [...steering.scales, ...scales] } });
  }

  /** A steered run has ended: its scales become the column's curve, and its pictures are that curve's. */
  #keepCurve(job: Job, trajectory: Trajectory, done: Finished, curve: readonly number[]): void {
    const { engine, settings, columns } = this.#store.getState();
    const index = columns.findIndex(({ id }) => id === job.columnId);
    const column = settings.columns[index];
    if (engine.status !== 'ready' || !column) return;
    const recorded = { ...column, curve };
    const replayed = sampleSettings(settings, recorded, engine.manifest);
    const kept = { ...job, key: JSON.stringify(replayed), settings: replayed, stepMs: undefined };
    this.#cache.put(kept.key, { trajectory, done, inside: job.inside });
    this.#finish(kept, trajectory, done);
    this.#endSteering({
      settings: { ...settings, columns: settings.columns.with(index, recorded) },
    });
  }

  /** What the column says of the pictures that it still shows, after a run that came to nothing. */
  #restore(columnId: number): void {
    const shown = this.#shown.get(columnId);
    if (shown?.result) this.#finish(shown.job, shown.result.trajectory, shown.result.done);
    else this.#set(columnId, { status: 'waiting', download: undefined });
  }

  #finish(job: Job, trajectory: Trajectory, done: Finished): void {
    this.#shown.set(job.columnId, { job, result: { trajectory, done } });
    this.#trajectories.finish(job.columnId, trajectory);
    const { figures, verdicts } = done;
    const { numSteps, preview } = trajectory;
    const state = { status: 'done', step: numSteps, numSteps, preview } as const;
    this.#set(job.columnId, {
      ...state,
      figures,
      verdicts,
      message: undefined,
      download: undefined,
    });
  }

  #set(columnId: number, changes: Partial<ColumnState>): void {
    this.#store.setState(({ columns }) => ({
      columns: columns.map((state) => (state.id === columnId ? { ...state, ...changes } : state)),
    }));
  }
}

/** Whether the columns are on the screen: the grid and the other pages have runs of their own. */
function showsColumns({ page, layout }: Settings): boolean {
  return page === 'playground' && layout !== 'grid';
}

/** Rows of the network's first run: conditional and unconditional, as far as one batch goes. */
function firstRows(page: Pick<Settings, 'subject' | 'count' | 'layout'>): number {
  const samples = page.layout === 'grid' ? 1 : sampleNames(page).length;
  return Math.min(LARGEST_BATCH, 2 * samples);
}

/**
 * Whether a job's pictures are what is wanted now: a full run does for a preview, and one that has
 * recorded more for one that needs less, not the reverse.
 */
function serves(job: Job, wanted: Job): boolean {
  const recorded = ({ inside }: Job) => (inside ? 1 + Number(inside.gradient) : 0);
  const enough = recorded(job) >= recorded(wanted);
  return job.key === wanted.key && (wanted.preview || !job.preview) && enough;
}

/** Noise and labels as text: runs that agree in it differ by their settings alone. */
function subjectOf({ settings: { seeds, labels } }: Job): string {
  return `${seeds.join()}|${labels.join()}`;
}
