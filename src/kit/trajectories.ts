import type { Frame } from '../engine/protocol';

/** The frames of one run: numSteps + 1 once it is finished. */
export interface Trajectory {
  readonly numSteps: number;
  readonly count: number;
  /** [channels, height, width] */
  readonly shape: readonly [number, number, number];
  /** The samples' labels as names; null for no class. */
  readonly names: readonly (string | null)[];
  readonly frames: Frame[];
  /** A run of fewer steps, made while a slider moves. */
  readonly preview: boolean;
  finished: boolean;
}

/** What a column shows: the last finished run, and the one under way if it may be watched. */
interface Shelf {
  finished?: Trajectory;
  live?: Trajectory;
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

  /** Shows a run from its first frame on; until then the last finished picture stays. */
  watch(column: number, trajectory: Trajectory): void {
    this.#shelf(column).live = trajectory;
  }

  finish(column: number, trajectory: Trajectory): void {
    const shelf = this.#shelf(column);
    shelf.finished = trajectory;
    delete shelf.live;
    this.changed();
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

/** Adds frames by their steps: after a lost device they come again from the first. */
export function addFrames({ frames }: Trajectory, more: readonly Frame[]): void {
  frames.splice(more[0]?.step ?? 0, Number.POSITIVE_INFINITY, ...more);
}

/** The frame at a position of the scrubber, 0 = pure noise, 1 = finished; the newest of a run under way. */
export function frameAt(trajectory: Trajectory, position: number): Frame | undefined {
  const { frames, numSteps, finished } = trajectory;
  return finished ? frames[Math.round(position * numSteps)] : frames.at(-1);
}
