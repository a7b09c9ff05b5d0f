import type { Finished } from '../engine/client';
import type { InsideOptions } from '../engine/protocol';
import { picturesBytes, type Trajectory } from './trajectories';

/** A finished run: its way and what it ended in. */
export interface Result {
  readonly trajectory: Trajectory;
  readonly done: Finished;
  /** What was recorded beside the pictures. */
  readonly inside: InsideOptions | undefined;
}

/** Hundreds of cells of a grid, or some forty columns of sixteen letters. */
export const CACHE_BYTES = 48 * 2 ** 20;

/**
 * Finished runs by the settings that made them, as text; those not asked for longest are forgotten.
 * Limited in bytes and not in runs: a cell of a grid is one sample, a column up to 64.
 */
export class ResultCache {
  readonly #budgetBytes: number;
  /** The one used last is last. */
  readonly #results = new Map<string, Result>();
  #bytes = 0;

  constructor(budgetBytes = CACHE_BYTES) {
    this.#budgetBytes = budgetBytes;
  }

  get(key: string): Result | undefined {
    const result = this.#results.get(key);
    if (result) {
      this.#results.delete(key);
      this.#results.set(key, result);
    }
    return result;
  }

  /** Like `get`, without counting as a use. */
  peek(key: string): Result | undefined {
    return this.#results.get(key);
  }

  put(key: string, result: Result): void {
    this.#remove(key);
    this.#results.set(key, result);
    this.#bytes += bytesOf(result);
    for (const oldest of this.#results.keys()) {
      if (this.#bytes <= this.#budgetBytes) break;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#results.clear();
    this.#bytes = 0;
  }

  #remove(key: string): void {
    const result = this.#results.get(key);
    if (!result) return;
    this.#results.delete(key);
    this.#bytes -= bytesOf(result);
  }
}

function bytesOf({ trajectory: { frames }, done: { samples } }: Result): number {
  return picturesBytes(frames) + samples.byteLength;
}
