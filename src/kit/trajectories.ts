import type { Frame } from '../engine/protocol';
import { lastStepOf, type StageSpan } from '../settings/sample-settings';

/** Most that the pictures of one run take: 64 samples of 64² in colour have 54 steps in it. */
const FRAMES_BYTES = 128 * 2 ** 20;

/** The frames of one run: 0 … lastStep once it is finished. */
export interface Trajectory {
  readonly lastStep: number;
  readonly stages: readonly StageSpan[];
  readonly count: number;
  /** Of the finished pictures: [channels, height, width]. */
  readonly shape: readonly [number, number, number];
  /** The samples' labels as names; null for no class. */
  readonly names: readonly (string | null)[];
  readonly frames: Frame[];
  /** Of how many steps one has pictures of its own; the steps between show those of the one before. */
  keptEvery: number;
  finished: boolean;
}

/** One sample of a run, shown in place of that sample of another run. */
export interface Front {
  readonly trajectory: Trajectory;
  /** Its place in the run that it comes from, and in the one that it covers. */
  readonly from: number;
  readonly covers: number;
}

/** What a column shows: the last finished run, the one under way, and what is laid over them. */
interface Shelf {
  finished?: Trajectory;
  live?: Trajectory;
  front?: Front;
}

/**
 * The pictures by column id, outside the store: frames go straight to the canvas, and who draws
 * subscribes.
 * The last finished trajectory stays until a newer one replaces it.
 */
export class Trajectories {
  readonly #shelves = new Map<number, Shelf>();
  readonly #listeners = new Set<() => void>();
  #version = 0;

  /** What the column shows now. */
  shown(column: number): Trajectory | undefined {
    const shelf = this.#shelves.get(column);
    return shelf?.live?.frames.length ? shelf.live : shelf?.finished;
  }

  /** What is laid over one of the samples that the column shows. */
  front(column: number): Front | undefined {
    const shelf = this.#shelves.get(column);
    return shelf?.live?.frames.length ? undefined : shelf?.front;
  }

  /** Lays one sample over what the column shows, until a run replaces both. */
  cover(column: number, front: Front | undefined): void {
    const shelf = this.#shelf(column);
    if (shelf.front === front) return;
    if (front) shelf.front = front;
    else delete shelf.front;
    this.changed();
  }

  /** Shows a run from its first frame on; until then the last finished picture stays. */
  watch(column: number, trajectory: Trajectory): void {
    this.#shelf(column).live = trajectory;
  }

  finish(column: number, trajectory: Trajectory): void {
    const shelf = this.#shelf(column);
    shelf.finished = trajectory;
    delete shelf.live;
    delete shelf.front;
    this.changed();
  }

  /**
   * Ends watching a run that failed. The pictures of the stages that it finished stay, in place of those
   * of the run before.
   *
   * @returns these stages; undefined where none was finished
   */
  settle(column: number): Trajectory | undefined {
    const { live } = this.#shelf(column);
    const finished = live && finishedStages(live);
    if (finished) this.finish(column, finished);
    else this.abandon(column);
    return finished;
  }

  /** Ends watching a run that came to nothing. */
  abandon(column: number): void {
    delete this.#shelves.get(column)?.live;
    this.changed();
  }

  /** Forgets the columns that are not among these. */
  keepOnly(columns: ReadonlySet<number>): void {
    for (const column of this.#shelves.keys()) {
      if (!columns.has(column)) this.#shelves.delete(column);
    }
  }

  clear(): void {
    this.#shelves.clear();
    this.changed();
  }

  /** Counts the changes: a snapshot for whoever draws what is shown. */
  get version(): number {
    return this.#version;
  }

  changed(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #shelf(column: number): Shelf {
    const shelf = this.#shelves.get(column) ?? {};
    this.#shelves.set(column, shelf);
    return shelf;
  }
}

/** A run of these stages that has not begun. */
export function newTrajectory(
  stages: readonly StageSpan[],
  names: Trajectory['names'],
): Trajectory {
  const { shape } = stages.at(-1)!;
  const lastStep = lastStepOf(stages);
  return {
    lastStep,
    stages,
    count: names.length,
    shape,
    names,
    frames: [],
    keptEvery: 1,
    finished: false,
  };
}

/** What a run that did not end has finished: a run of its first stages; undefined where none is whole. */
function finishedStages(trajectory: Trajectory): Trajectory | undefined {
  const { frames, stages } = trajectory;
  const whole = stages.filter(({ first, numSteps }) => frames.length > first + numSteps);
  const last = whole.at(-1);
  if (!last) return undefined;
  const lastStep = lastStepOf(whole);
  const drawn = frames.slice(0, lastStep + 1);
  const about = { lastStep, stages: whole, shape: last.shape, frames: drawn };
  return { ...trajectory, ...about, finished: true };
}

/** The stage of a frame. */
export function stageAt({ stages }: Pick<Trajectory, 'stages'>, step: number): number {
  return stages.findLastIndex(({ first }) => first <= step);
}

/**
 * Adds frames by their steps: after a lost device they come again from the first. Where their
 * pictures would take more than the budget, fewer steps keep pictures of their own: every second,
 * every fourth and so on, the first and the last of a stage, and the newest.
 */
export function addFrames(
  trajectory: Trajectory,
  more: readonly Frame[],
  budgetBytes = FRAMES_BYTES,
): void {
  const { frames } = trajectory;
  frames.splice(more[0]?.step ?? 0, Number.POSITIVE_INFINITY, ...more);
  if (trajectory.keptEvery > 1) thin(trajectory);
  while (picturesBytes(frames) > budgetBytes && trajectory.keptEvery <= trajectory.lastStep) {
    trajectory.keptEvery *= 2;
    thin(trajectory);
  }
}

/** The steps that have no pictures of their own show those of the one before. */
function thin({ frames, stages, keptEvery }: Trajectory): void {
  let kept = frames[0];
  frames.forEach((frame, step) => {
    const stage = stages[stageAt({ stages }, step)]!;
    const within = step - stage.first;
    const isEnd = within === stage.numSteps || step === frames.length - 1;
    if (!kept || within % keptEvery === 0 || isEnd) {
      kept = frame;
      return;
    }
    const { x, denoised, outside, inside } = kept;
    const numbers = frame.inside && { figures: frame.inside.figures };
    const pictures = inside && { eps: inside.eps, gradients: inside.gradients };
    frames[step] = {
      ...{ ...frame, x, denoised, outside },
      ...(numbers && { inside: { ...numbers, ...pictures } }),
    };
  });
}

/** Bytes of the frames' pictures; those that several steps show count once. */
export function picturesBytes(frames: readonly Frame[]): number {
  const arrays = frames.flatMap(({ x, denoised, outside, inside }) => {
    const signed = [inside?.eps, inside?.gradients].flatMap((all) => Object.values(all ?? {}));
    return [x, denoised, outside, ...signed.map(({ data }) => data)];
  });
  return [...new Set(arrays)].reduce((bytes, { byteLength }) => bytes + byteLength, 0);
}

/** The frame at a position of the scrubber, 0 = pure noise, 1 = finished; the newest of a run under way. */
export function frameAt(trajectory: Trajectory, position: number): Frame | undefined {
  const { frames, lastStep, finished } = trajectory;
  return finished ? frames[Math.round(position * lastStep)] : frames.at(-1);
}
