import { messageOf } from '../networks/errors';
import { batchPlan, batchUpTo } from './batches';
import type { Commands } from './gpu/commands';

/** Most sessions cached for a network; the least recently used is released. */
const CACHED_SESSIONS = 3;

/** Rows of an input: all numbers, and the dimensions of one row. */
export interface Rows {
  readonly data: Float32Array;
  readonly dims: readonly number[];
  /** What the network wants; whole numbers are made of the data. Default: float32. */
  readonly type?: 'float32' | 'int64' | 'int32' | undefined;
  /** The same for every row: `dims` are all its dimensions. */
  readonly shared?: true;
}

/** Whether the request was aborted; a promise where messages are to be let in first. */
export type IsAborted = () => boolean | Promise<boolean>;

/** Thrown where a request was aborted. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** One x of which a network on the device is asked as often as there are parts, one below the other. */
export interface DeviceQuestion {
  /** [batch, ...shape]. */
  readonly x: GPUBuffer;
  readonly batch: number;
  /** [channels, height, width]. */
  readonly shape: readonly number[];
  /** All inputs beside x, parts × batch rows each. */
  readonly inputs: Readonly<Record<string, Rows>>;
  /** Receives the outputs by their names: a buffer a part, as long as x. */
  readonly outputs: Readonly<Record<string, readonly GPUBuffer[]>>;
}

/** A network whose inputs and outputs stay on the device. */
export interface DeviceNetwork {
  readonly commands: Commands;
  /**
   * Like `Network.run`, but it returns when the work is submitted.
   *
   * @param rows of all parts
   */
  ask(question: DeviceQuestion, rows: number, isAborted?: IsAborted): Promise<void>;
}

export interface Network {
  /**
   * Evaluates `rows` rows, in as few runs as the batch sizes allow.
   *
   * @param inputs row-major inputs by name, `rows` rows each
   * @param isAborted asked before each run; true ends the evaluation with an `Aborted` error
   * @returns outputs by name, `rows` rows each
   */
  run(
    inputs: Readonly<Record<string, Rows>>,
    rows: number,
    isAborted?: IsAborted,
  ): Promise<Record<string, Float32Array>>;
  /** Time spent inside the runtime by all evaluations so far. */
  readonly busyMs: number;
  /** Absent: it takes and gives arrays alone. */
  readonly onDevice?: DeviceNetwork | undefined;
  release(): Promise<void>;
}

/** A network whose batches can be made smaller. */
export interface LimitedNetwork extends Network {
  /** Most rows of one run. */
  readonly maxBatch: number;
  limit(maxBatch: number): void;
}

/** A session of one static batch. */
export interface BatchSession {
  /**
   * Evaluates rows from … from + count into `outputs`.
   *
   * @returns milliseconds inside the runtime
   */
  run(
    inputs: Readonly<Record<string, Rows>>,
    from: number,
    count: number,
    rows: number,
    outputs: Record<string, Float32Array>,
  ): Promise<number>;
  /** Like `run`, on the device: it returns when the work is submitted. */
  ask?(question: DeviceQuestion, from: number, count: number): Promise<number>;
  release(): Promise<void>;
}

/** A batch that failed, and the next smaller one that did not. */
export interface SmallerBatch {
  readonly failed: number;
  readonly maxBatch: number;
  /** What the runtime said of the failure. */
  readonly detail: string;
}

/** Lets one job at a time through, in order; survives a rejected one. */
export type Queue = <T>(job: () => Promise<T>) => Promise<T>;

export function queue(): Queue {
  let tail: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = tail.then(job);
    tail = result.catch(() => undefined);
    return result;
  };
}

export interface NetworkOptions {
  create(batch: number): Promise<BatchSession>;
  readonly inTurn: Queue;
  readonly maxBatch: number;
  /** The network takes so many rows, no more and no fewer: each run is padded to them. */
  readonly fixedBatch?: number | undefined;
  /** Called once a smaller batch has worked where a larger one failed. */
  onSmallerBatch?: ((smaller: SmallerBatch) => void) | undefined;
  /** Of sessions that can `ask`. */
  readonly commands?: Commands | undefined;
}

/**
 * A network that runs any number of rows on sessions of static batches. A batch that fails, for
 * lack of memory as a rule, is tried again with the next smaller one: if that works, it stays the
 * largest; if none does, the first failure is thrown.
 */
export function batchedNetwork({
  create,
  inTurn,
  maxBatch: mostAtFirst,
  fixedBatch,
  onSmallerBatch,
  commands,
}: NetworkOptions): LimitedNetwork {
  const sessions = new Map<number, Promise<BatchSession>>();
  let maxBatch = mostAtFirst;
  let busyMs = 0;

  function sessionFor(batch: number): Promise<BatchSession> {
    const known = sessions.get(batch);
    sessions.delete(batch); // insertion order is the order of use
    const session = known ?? inTurn(() => create(batch));
    sessions.set(batch, session);
    // A session that could not be made is forgotten, so that the next request tries again.
    session.catch(() => sessions.delete(batch));
    const [oldest] = sessions;
    if (oldest && sessions.size > CACHED_SESSIONS) void drop(oldest[0]);
    return session;
  }

  async function drop(batch: number): Promise<void> {
    const session = sessions.get(batch);
    sessions.delete(batch);
    await session?.then(
      (old) => inTurn(() => old.release()),
      () => undefined,
    );
  }

  /** Runs rows on the sessions that fit, `count` from `from` at a time. */
  async function inBatches(
    rows: number,
    isAborted: IsAborted,
    job: (session: BatchSession, from: number, count: number) => Promise<number>,
  ): Promise<void> {
    let most = maxBatch;
    let failure: { readonly batch: number; readonly error: unknown } | undefined;
    for (let done = 0; done < rows; ) {
      if (await isAborted()) throw new Aborted('The run was aborted');
      const batch = fixedBatch ?? batchPlan(rows - done, most)[0]!;
      const count = Math.min(batch, rows - done);
      const from = done;
      try {
        const session = await sessionFor(batch);
        busyMs += await inTurn(() => job(session, from, count));
      } catch (error) {
        failure ??= { batch, error };
        if (batch === 1 || fixedBatch) throw failure.error;
        await drop(batch);
        most = batchUpTo(batch - 1);
        continue;
      }
      done += count;
      if (failure) {
        const { batch: failed, error } = failure;
        failure = undefined;
        maxBatch = Math.min(maxBatch, most);
        const detail = messageOf(error);
        onSmallerBatch?.({ failed, maxBatch, detail });
      }
    }
  }

  return {
    async run(inputs, rows, isAborted = () => false) {
      const outputs: Record<string, Float32Array> = {};
      await inBatches(rows, isAborted, (session, from, count) =>
        session.run(inputs, from, count, rows, outputs),
      );
      return outputs;
    },
    onDevice: commands && {
      commands,
      ask: (question, rows, isAborted = () => false) =>
        inBatches(rows, isAborted, (session, from, count) => session.ask!(question, from, count)),
    },
    get busyMs() {
      return busyMs;
    },
    get maxBatch() {
      return maxBatch;
    },
    limit(most) {
      if (!fixedBatch) maxBatch = batchUpTo(Math.min(maxBatch, most));
    },
    async release() {
      for (const batch of [...sessions.keys()]) await drop(batch);
    },
  };
}
