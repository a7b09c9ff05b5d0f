import { findGuidanceRule } from '../diffusion/guidance';
import { findSampler } from '../diffusion/samplers';
import {
  Cancelled,
  type EngineClient,
  EngineError,
  type Finished,
  type Loaded,
} from '../engine/client';
import type { SampleSettings } from '../engine/protocol';
import { fittedToModel, type Settings, sampleNames, sampleSettings } from './settings';
import { type ColumnState, idleColumn, type Store } from './store';
import type { Trajectories, Trajectory } from './trajectories';

/** A preview lasts about this long, measured on the runs before. */
const PREVIEW_MS = 150;
/** One step from pure noise shows the mean of the data, whatever the guidance. */
const FEWEST_PREVIEW_STEPS = 2;

/** More rows than this go through the network in several runs. */
const LARGEST_BATCH = 16;

type Client = Pick<EngineClient, 'load' | 'sample'>;

/** What a column should show. */
interface Job {
  readonly columnId: number;
  /** The settings asked for, as text: equal keys mean equal pixels, but for previews. */
  readonly key: string;
  readonly settings: SampleSettings;
  /** Fewer steps than asked for. */
  readonly preview: boolean;
  /** Asked for while a slider moved. */
  readonly dragged: boolean;
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
  readonly #shown = new Map<number, Shown>();
  #current: { readonly job: Job; readonly abort: AbortController } | undefined;
  #msPerEvaluation: number | undefined;

  constructor(store: Store, client: Client, trajectories: Trajectories, baseUrl: string) {
    this.#store = store;
    this.#client = client;
    this.#trajectories = trajectories;
    this.#baseUrl = baseUrl;
    store.subscribe((state, before) => {
      const relevant =
        state.settings !== before.settings ||
        state.dragging !== before.dragging ||
        state.engine !== before.engine;
      if (relevant) this.#wake();
    });
  }

  /** Loads the model of the settings, or the site's default one; ends in `ready` or `failed`. */
  async load(): Promise<void> {
    const { model, backend, ...page } = this.#store.getState().settings;
    this.#forget();
    this.#msPerEvaluation = undefined;
    this.#store.setState({ engine: { status: 'loading', progress: undefined } });
    try {
      const loaded = await this.#client.load(
        { modelId: model, baseUrl: this.#baseUrl, backend, rows: firstRows(page) },
        (progress) => this.#store.setState({ engine: { status: 'loading', progress } }),
      );
      this.ready(loaded);
    } catch (error) {
      if (error instanceof Cancelled) return;
      const kind = error instanceof EngineError ? error.kind : 'engine';
      this.#store.setState({ engine: { status: 'failed', kind, message: messageOf(error) } });
    }
  }

  /** The engine is ready, after a load or a rebuild: what the model does not know leaves the settings. */
  ready({ manifest, info, warnings }: Loaded): void {
    this.#store.setState(({ settings: wanted, notice }) => {
      const { settings, ignored } = fittedToModel(wanted, manifest);
      const before = notice?.kind === 'misread' ? notice.pieces : [];
      const pieces = [...before, ...ignored];
      return {
        settings,
        engine: { status: 'ready', info, manifest },
        notice: pieces.length
          ? { kind: 'misread', pieces }
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

  #forget(): void {
    this.#current?.abort.abort();
    this.#shown.clear();
    this.#trajectories.clear();
    this.#store.setState(({ columns }) => ({ columns: columns.map(({ id }) => idleColumn(id)) }));
  }

  #wake(): void {
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
    // that nobody wants any more is not.
    const wanted =
      (job.dragged && this.#store.getState().dragging) ||
      this.#jobs().some((now) => now.columnId === job.columnId && serves(job, now));
    if (!wanted) abort.abort();
  }

  /** The next thing to run. Columns whose pictures another column shows already take those. */
  #nextJob(): Job | undefined {
    for (const job of this.#jobs()) {
      const own = this.#shown.get(job.columnId);
      if (own && serves(own.job, job)) continue;
      const twin = [...this.#shown.values()].find((s) => s.result && serves(s.job, job));
      if (!twin?.result) return job;
      this.#finish(job, twin.result.trajectory, twin.result.done);
    }
    return undefined;
  }

  /** What the columns should show, the active one first; while dragging, a preview of that one only. */
  #jobs(): Job[] {
    const { engine, settings, columns, dragging } = this.#store.getState();
    if (engine.status !== 'ready') return [];
    const { active } = settings;
    const others = [...columns.keys()].filter((i) => i !== active);
    return (dragging ? [active] : [active, ...others]).map((i) => {
      const column = settings.columns[i]!;
      const full = sampleSettings(settings, column, engine.manifest);
      const numSteps = dragging ? this.#previewSteps(full) : full.numSteps;
      const reduced = sampleSettings(settings, { ...column, numSteps }, engine.manifest);
      const preview = numSteps < full.numSteps;
      const key = JSON.stringify(full);
      return { columnId: columns[i]!.id, key, settings: reduced, preview, dragged: dragging };
    });
  }

  /** As many steps as fit in PREVIEW_MS at the measured speed. */
  #previewSteps(full: SampleSettings): number {
    if (this.#msPerEvaluation === undefined) return full.numSteps;
    const { evaluations } = findSampler(full.sampler);
    const predictions = findGuidanceRule(full.guidance).usesScale ? 2 : 1;
    const perStep = (evaluations(full.numSteps) / full.numSteps) * predictions * full.seeds.length;
    const fitting = Math.floor(PREVIEW_MS / (perStep * this.#msPerEvaluation));
    return Math.min(full.numSteps, Math.max(FEWEST_PREVIEW_STEPS, fitting));
  }

  async #run(job: Job): Promise<void> {
    const { columnId, settings, preview } = job;
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
    // Other noise or another class is watched from the start; after a change of settings the last
    // finished picture stays until the new one replaces it.
    const before = this.#shown.get(columnId);
    if (!before?.result || subjectOf(before.job) !== subjectOf(job)) {
      this.#trajectories.watch(columnId, trajectory);
      this.#set(columnId, { figures: undefined, verdicts: undefined }); // they are of other pictures
    }
    this.#set(columnId, { status: 'running', step: 0, numSteps, preview, download: undefined });
    try {
      const done = await this.#client.sample(settings, {
        judge: !preview,
        signal: abort.signal,
        onFrames: (frames) => {
          // By their steps: after a lost device they come again from the first.
          const first = frames[0]?.step ?? 0;
          trajectory.frames.splice(first, Number.POSITIVE_INFINITY, ...frames);
          this.#set(columnId, { step: trajectory.frames.length, download: undefined });
          this.#trajectories.changed();
        },
        onProgress: (progress) => {
          if (progress.phase === 'download') this.#set(columnId, { download: progress });
        },
      });
      trajectory.frames.push(done.frame);
      trajectory.finished = true;
      const { totalMs, nfe } = done.figures;
      this.#msPerEvaluation = totalMs / (nfe * settings.seeds.length);
      this.#finish(job, trajectory, done);
    } catch (error) {
      this.#trajectories.abandon(columnId);
      if (error instanceof Cancelled) {
        this.#restore(columnId);
      } else {
        this.#shown.set(columnId, { job }); // not tried again until something changes
        this.#set(columnId, { status: 'failed', message: messageOf(error) });
      }
    }
    this.#current = undefined;
    this.#wake();
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

/** Rows of the network's first run: conditional and unconditional, as far as one batch goes. */
function firstRows(page: Pick<Settings, 'subject' | 'count'>): number {
  return Math.min(LARGEST_BATCH, 2 * sampleNames(page).length);
}

/** Whether a job's pictures are what is wanted now: a full run does for a preview, not the reverse. */
function serves(job: Job, wanted: Job): boolean {
  return job.key === wanted.key && (wanted.preview || !job.preview);
}

/** Noise and labels as text: runs that agree in it differ by their settings alone. */
function subjectOf({ settings: { seeds, labels } }: Job): string {
  return `${seeds.join()}|${labels.join()}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
