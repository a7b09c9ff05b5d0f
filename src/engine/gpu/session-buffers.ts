import type { DeviceQuestion, Rows } from '../network';
import type { Commands } from './commands';

/** A stretch of stacked rows that lies in one part. */
interface Stretch {
  /** First row in the session's batch. */
  readonly at: number;
  readonly part: number;
  /** First row in the part. */
  readonly row: number;
  readonly rows: number;
}

/** Rows from … from + count of parts of `batch` rows each, one part below the other. */
export function* stretches(from: number, count: number, batch: number): Generator<Stretch> {
  for (let at = 0; at < count; ) {
    const row = (from + at) % batch;
    const rows = Math.min(batch - row, count - at);
    yield { at, part: Math.floor((from + at) / batch), row, rows };
    at += rows;
  }
}

/** The input and output buffers of a session of one static batch, the same in every run. */
export class SessionBuffers {
  readonly #commands: Commands;
  readonly #batch: number;
  readonly #buffers = new Map<string, GPUBuffer>();
  /** What was uploaded last. */
  readonly #uploaded = new Map<string, Float32Array>();

  constructor(commands: Commands, batch: number) {
    this.#commands = commands;
    this.#batch = batch;
  }

  /** The buffer of an input or output. @param dims of one row */
  of(name: string, dims: readonly number[]): GPUBuffer {
    const known = this.#buffers.get(name);
    if (known) return known;
    const made = this.#commands.take(this.#batch * sizeOf(dims));
    this.#buffers.set(name, made);
    return made;
  }

  /**
   * Puts rows from … from + count of a question into the inputs. Rows beside x that are the same as
   * before stay, and rows that pad the batch are whatever they were: no row knows of another.
   */
  fill({ x, inputs, batch, shape }: DeviceQuestion, from: number, count: number): void {
    const size = sizeOf(shape);
    const into = this.of('x', shape);
    for (const { at, row, rows } of stretches(from, count, batch)) {
      this.#commands.copy(x, row * size, into, at * size, rows * size);
    }
    for (const [name, rows] of Object.entries(inputs)) this.#upload(name, rows, from, count);
  }

  /** Copies count rows of an output to where they belong. */
  collect({ outputs, batch, shape }: DeviceQuestion, from: number, count: number): void {
    const size = sizeOf(shape);
    for (const [name, parts] of Object.entries(outputs)) {
      const output = this.of(name, shape);
      for (const { at, part, row, rows } of stretches(from, count, batch)) {
        this.#commands.copy(output, at * size, parts[part]!, row * size, rows * size);
      }
    }
  }

  release(): void {
    for (const buffer of this.#buffers.values()) this.#commands.give(buffer);
    this.#buffers.clear();
    this.#uploaded.clear();
  }

  #upload(name: string, { data, dims }: Rows, from: number, count: number): void {
    const size = sizeOf(dims);
    const rows = data.subarray(from * size, (from + count) * size);
    const before = this.#uploaded.get(name);
    if (before?.length === rows.length && before.every((value, i) => value === rows[i])) return;
    this.#commands.write(this.of(name, dims), rows);
    this.#uploaded.set(name, rows.slice());
  }
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}
