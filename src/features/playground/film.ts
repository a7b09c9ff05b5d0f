import { findGuidanceRule } from '../../diffusion/guidance';
import { neededPredictions } from '../../diffusion/guidance/needed';
import { isCompanion } from '../../diffusion/guidance/rule';
import type { EngineClient } from '../../engine/client';
import type { SampleSettings, Take } from '../../engine/protocol';
import { CACHE_BYTES, type Result, type ResultCache } from '../../kit/result-cache';
import type { FilmTake } from '../../kit/services';
import { type Job, StaleWork } from '../../kit/stale-work';
import { newTrajectory } from '../../kit/trajectories';
import type { AppState, Store } from '../../settings/store';
import { type ColumnJob, columnJobs, expectedMs } from './column-jobs';
import { studentRun } from './film-student';
import { placeOf } from './rail/rail-axis';

/** A dozen scales from leading away to the strongest, as close as the pictures ask for. */
export const FILM_SCALES = [-1, 0, 1, 1.5, 2, 3, 4, 5, 6.5, 8, 11, 15] as const;

/** Share of the cache that a film may fill: the columns' own runs and the grid's have the rest. */
const BUDGET_SHARE = 0.8;
/** Scales of the picked sample that are drawn at once: the first are seen soon. */
const PICKED_AT_ONCE = 4;
/** The other columns wait for the picked sample at all scales, if that takes no longer. */
const LONGEST_WAIT_MS = 8000;
/** Scales of all samples that a student draws at once. */
const STUDENT_AT_ONCE = 3;
/** A film that takes no longer by the network itself needs no student. */
const STUDENT_FROM_MS = 4000;
/** A network that needs longer for one scale is not run without being asked. */
const LONGEST_TAKE_MS = 15_000;

/** Some scales of a film. */
interface FilmJob extends Job {
  readonly settings: SampleSettings;
  readonly scales: readonly number[];
  readonly stages: ColumnJob['stages'];
  readonly names: ColumnJob['names'];
  /** All samples on screen, which are judged; else the picked one alone. */
  readonly whole: boolean;
  /** Before the columns that are not active. */
  readonly first: boolean;
}

/** A scale that was drawn. */
interface Drawn {
  readonly guidanceScale: number;
  readonly take: Take;
}

/** Whether anything of a run changes with its scale: one whose curve is drawn has no scale. */
export function hasScale({ guidance, curve }: Pick<SampleSettings, 'guidance' | 'curve'>): boolean {
  return curve === null && findGuidanceRule(guidance).usesScale;
}

/**
 * Whether a run has every network that it needs at other scales: nothing is downloaded for a film
 * that nobody asked for.
 */
function hasNetworks({ guidance, guidanceScale, parameters }: SampleSettings): boolean {
  const rule = findGuidanceRule(guidance);
  const here = neededPredictions(rule, parameters, [guidanceScale]);
  return neededPredictions(rule, parameters).every(
    (name) => !isCompanion(name) || here.includes(name),
  );
}

/** The take whose scale lies nearest on the rail. */
export function nearestTake(takes: readonly FilmTake[], wanted: number): FilmTake | undefined {
  const distance = ({ scale }: FilmTake) => Math.abs(placeOf(scale) - placeOf(wanted));
  return takes.reduce<FilmTake | undefined>(
    (best, take) => (best && distance(best) <= distance(take) ? best : take),
    undefined,
  );
}

/** The same run of one of its samples. */
function ofSample(settings: SampleSettings, sample: number): SampleSettings {
  const { seeds, labels } = settings;
  return { ...settings, seeds: [seeds[sample]!], labels: [labels[sample]!] };
}

/**
 * The pictures on screen at many scales: what the guidance rail plays. Whenever nothing else is
 * computed, the scales that are missing are drawn, the nearest to the handles first, the picked
 * sample before the others, and where the network would take long, its student before itself. Finished
 * runs lie in the page's cache, within its budget.
 */
export class Film {
  readonly #store: Store;
  readonly #client: Pick<EngineClient, 'film'>;
  readonly #cache: ResultCache;
  readonly #isHidden: () => boolean;
  readonly #work: StaleWork<FilmJob, readonly Drawn[]>;
  /** The scales that were drawn, by the run without its scale. */
  readonly #scales = new Map<string, Set<number>>();
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #msPerEvaluation: number | undefined;
  /** The handles as they were when none was held: the order does not change under a moving hand. */
  #handles: readonly number[] = [];

  /** @param isHidden whether the page cannot be seen: nothing is drawn then */
  constructor(
    store: Store,
    client: Pick<EngineClient, 'film'>,
    cache: ResultCache,
    isHidden = () => document.hidden,
  ) {
    this.#store = store;
    this.#client = client;
    this.#cache = cache;
    this.#isHidden = isHidden;
    this.#work = new StaleWork<FilmJob, readonly Drawn[]>({
      jobs: () => this.#jobs(),
      isDone: (job) => this.#isThere(job),
      run: (job, signal) => this.#draw(job, signal),
      done: (job, drawn) => this.#keep(job, drawn),
      failed: () => this.#changed(), // whoever waits for it waits no longer
    });
    store.subscribe((state, before) => {
      if (
        state.settings !== before.settings ||
        state.columns !== before.columns ||
        state.engine !== before.engine ||
        state.steering !== before.steering
      ) {
        // The columns' own runs come first.
        queueMicrotask(() => this.wake());
      }
    });
  }

  /** Draws what is missing, or stops: to be called where the page is hidden or shown. */
  wake(): void {
    const { dragging, settings } = this.#store.getState();
    if (!dragging) this.#handles = settings.columns.map(({ guidanceScale }) => guidanceScale);
    this.#work.wake();
  }

  /** A run was finished and lies in the cache. */
  note(settings: SampleSettings, msPerEvaluation?: number): void {
    if (msPerEvaluation !== undefined) this.#msPerEvaluation = msPerEvaluation;
    if (hasScale(settings)) this.#note(settings, true);
  }

  #note(settings: SampleSettings, whole: boolean): void {
    const key = withoutScale(settings, whole);
    const scales = this.#scales.get(key) ?? new Set();
    this.#scales.set(key, scales.add(settings.guidanceScale));
    this.#changed();
  }

  clear(): void {
    this.#work.reset();
    this.#scales.clear();
    this.#msPerEvaluation = undefined;
    this.#changed();
  }

  /** Every scale of this run that is there, in their order. */
  takes(settings: SampleSettings): FilmTake[] {
    return hasScale(settings) ? this.#takes(settings, true) : [];
  }

  /** Every scale at which the network's student has drawn it. */
  studentTakes(settings: SampleSettings): FilmTake[] {
    const student = this.#student(settings);
    return student ? this.#takes(student, true).map(byStudent) : [];
  }

  /** Every scale at which one of its samples was drawn by itself, ahead of the others. */
  takesOf(settings: SampleSettings, sample: number): FilmTake[] {
    return hasScale(settings) ? this.#takes(ofSample(settings, sample), false) : [];
  }

  /** The same by the network's student. */
  studentTakesOf(settings: SampleSettings, sample: number): FilmTake[] {
    const student = this.#student(settings);
    return student ? this.#takes(ofSample(student, sample), false).map(byStudent) : [];
  }

  #student(settings: SampleSettings): SampleSettings | undefined {
    const { engine } = this.#store.getState();
    return engine.status === 'ready' ? studentRun(settings, engine.manifest) : undefined;
  }

  #takes(settings: SampleSettings, whole: boolean): FilmTake[] {
    const scales = [...(this.#scales.get(withoutScale(settings, whole)) ?? [])];
    return scales
      .sort((a, b) => a - b)
      .flatMap((scale) => {
        const result = this.#at(settings, scale, whole);
        const run = { ...settings, guidanceScale: scale };
        return result ? [{ scale, settings: run, byStudent: false, ...result }] : [];
      });
  }

  /** Whether something of the active column comes before the other columns, and is not all there. */
  get comesFirst(): boolean {
    const isMissing = (job: FilmJob) =>
      !this.#isThere(job) && this.#work.failure(job.place) === undefined;
    return this.#jobs().some((job) => job.first && isMissing(job));
  }

  /** Counts the changes. */
  get version(): number {
    return this.#version;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }

  #isThere({ settings, scales, whole }: FilmJob): boolean {
    return scales.every((scale) => this.#at(settings, scale, whole) !== undefined);
  }

  #at(settings: SampleSettings, guidanceScale: number, whole: boolean): Result | undefined {
    return this.#cache.peek(keyOf({ ...settings, guidanceScale }, whole));
  }

  /**
   * Draws the scales that are not there yet.
   *
   * @throws Error if the other columns would wait too long for it: its network may be a long download
   */
  async #draw(job: FilmJob, stop: AbortSignal): Promise<Drawn[]> {
    const { settings, scales, whole, first } = job;
    const missing = scales.filter((scale) => !this.#at(settings, scale, whole));
    const late = new AbortController();
    const timer = first ? setTimeout(() => late.abort(), LONGEST_WAIT_MS) : undefined;
    const signal = AbortSignal.any([stop, late.signal]);
    try {
      const takes = await this.#client.film(settings, missing, { judge: whole, signal });
      return missing.map((guidanceScale, i) => ({ guidanceScale, take: takes[i]! }));
    } catch (error) {
      if (stop.aborted || !late.signal.aborted) throw error;
      throw new Error(`What comes before the other columns must be there in ${LONGEST_WAIT_MS} ms`);
    } finally {
      clearTimeout(timer);
    }
  }

  #keep({ settings, stages, names, whole }: FilmJob, drawn: readonly Drawn[]): void {
    for (const { guidanceScale, take } of drawn) {
      const { frames, ...ending } = take;
      const run = { ...settings, guidanceScale };
      this.#cache.put(keyOf(run, whole), {
        trajectory: { ...newTrajectory(stages, names), frames: [...frames], finished: true },
        done: { type: 'done', id: 0, frame: frames.at(-1)!, ...ending },
        inside: undefined,
      });
      this.#note(run, whole);
    }
  }

  #jobs(): FilmJob[] {
    const state = this.#store.getState();
    const { settings, columns, steering } = state;
    if (!settings.film || steering || this.#isHidden() || this.#msPerEvaluation === undefined) {
      return [];
    }
    const isThere = (run: SampleSettings, scale: number) =>
      this.#at(run, scale, true) !== undefined;
    const jobs = filmJobs(state, this.#handles, this.#msPerEvaluation, isThere);
    if (columns.every(({ status }) => status === 'done')) return jobs;
    const isFirst = columns[settings.active]?.status === 'done';
    const isRunning = columns.some(({ status }) => status === 'running');
    return isFirst && !isRunning ? jobs.filter(({ first }) => first) : [];
  }
}

/**
 * What is to be drawn for the columns on screen, in order; what is there already is among it.
 *
 * @param handles the scales of the columns
 * @param isThere whether all samples of a run are there at a scale: the picked one is among them
 */
export function filmJobs(
  state: Pick<AppState, 'engine' | 'settings' | 'columns'>,
  handles: readonly number[],
  msPerEvaluation: number,
  isThere: (run: SampleSettings, scale: number) => boolean = () => false,
): FilmJob[] {
  const columns = columnJobs(state).filter(
    ({ settings }) => hasScale(settings) && hasNetworks(settings),
  );
  const runs = columns.filter(
    ({ settings }, i) =>
      i ===
      columns.findIndex((job) => withoutScale(job.settings, true) === withoutScale(settings, true)),
  );
  const { picked } = state.settings;
  const manifest = state.engine.status === 'ready' ? state.engine.manifest : {};
  const scales = byDistance(FILM_SCALES, [handles[state.settings.active] ?? 1, ...handles]);
  let budget = BUDGET_SHARE * CACHE_BYTES;
  return runs.flatMap(({ settings, stages, names, place }) => {
    if (expectedMs(settings, msPerEvaluation) > LONGEST_TAKE_MS) return [];
    const count = settings.seeds.length;
    const sample = Math.min(picked, count - 1);
    const all = { settings, stages, names, whole: true, first: false };
    const isActive = place === state.columns[state.settings.active]?.id;
    const msOf = (run: SampleSettings) => scales.length * expectedMs(run, msPerEvaluation);
    const pickedOf = (run: SampleSettings) => ({
      ...{ settings: ofSample(run, sample), names: [names[sample]!], whole: false },
      first: isActive && msOf(run) / count <= LONGEST_WAIT_MS,
    });
    const missing = scales.filter((scale) => !isThere(settings, scale));
    const jobs: FilmJob[] = [];
    // By a student first, where the network itself would take long.
    const student = msOf(settings) > STUDENT_FROM_MS ? studentRun(settings, manifest) : undefined;
    if (student) {
      const ofStudent = [{ ...stages[0]!, numSteps: student.numSteps }];
      budget -= scales.length * takeBytes(count, ofStudent);
      const ahead = missing.filter((scale) => count > 1 && !isThere(student, scale));
      const picked = { ...pickedOf(student), stages: ofStudent };
      // One job whichever scales have come meanwhile: what was given up is not begun again.
      if (ahead.length > 0) jobs.push(jobOf(picked, ahead, 'ahead'));
      const whole = { ...all, settings: student, stages: ofStudent };
      jobs.push(...chunks(missing, STUDENT_AT_ONCE).map((some) => jobOf(whole, some)));
    }
    const bytes = takeBytes(count, stages);
    const fitting = Math.min(scales.length, Math.floor(budget / bytes));
    budget -= fitting * bytes;
    if (count > 1) {
      const picked = { ...pickedOf(settings), stages, ...(student && { first: false }) };
      jobs.push(...chunks(missing, PICKED_AT_ONCE).map((some) => jobOf(picked, some)));
    }
    // One scale at a time: in the batches of a run of its own, to the same last bit.
    return [...jobs, ...scales.slice(0, fitting).map((scale) => jobOf(all, [scale]))];
  });
}

const byStudent = (take: FilmTake): FilmTake => ({ ...take, byStudent: true });

function jobOf(
  run: Omit<FilmJob, 'scales' | 'key' | 'place'>,
  scales: readonly number[],
  name: unknown = scales,
): FilmJob {
  const key = JSON.stringify([withoutScale(run.settings, run.whole), name]);
  return { ...run, scales, key, place: key };
}

/** The nearest to the first handle first, then to the others, on the rail's axis. */
function byDistance(scales: readonly number[], handles: readonly number[]): number[] {
  const distance = (scale: number) =>
    Math.min(
      ...handles.map((handle, i) => (i ? 2 : 1) * Math.abs(placeOf(scale) - placeOf(handle))),
    );
  return scales.toSorted((a, b) => distance(a) - distance(b));
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );
}

/** Noisy picture, estimate and what lies outside, at every step, and the samples as numbers. */
function takeBytes(count: number, stages: FilmJob['stages']): number {
  const sizes = stages.map(({ shape }) => count * shape.reduce((a, b) => a * b));
  const frames = stages.reduce((sum, { numSteps }, k) => sum + 3 * (numSteps + 1) * sizes[k]!, 0);
  return frames + 4 * sizes.at(-1)!;
}

/**
 * A run in the cache. The picked sample drawn ahead is no run of one sample: it is not judged, and
 * its batches are shared with other scales.
 */
function keyOf(settings: SampleSettings, whole: boolean): string {
  return `${whole ? '' : 'ahead '}${JSON.stringify(settings)}`;
}

/** Everything that it depends on but its scale, as text. */
function withoutScale(settings: SampleSettings, whole: boolean): string {
  return keyOf({ ...settings, guidanceScale: Number.NaN }, whole);
}
