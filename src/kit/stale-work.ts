import { Cancelled } from '../engine/client';
import { messageOf } from '../networks/errors';

/** One result that is to be computed for one place on the page. */
export interface Job {
  /** Where the result is shown: a column, a cell, a panel. */
  readonly place: string | number;
  /** Everything that the result depends on, as text. */
  readonly key: string;
  /** Asked for while something is being dragged. */
  readonly dragged?: boolean;
}

/** What a page wants computed, and what it does with the results. */
export interface Work<J extends Job, R> {
  /** Every job whose result should be shown now, the most urgent first; none while paused or hidden. */
  jobs(): readonly J[];
  /** Whether the job's result is there already; it may be taken from a cache here. */
  isDone(job: J): boolean;
  /** Whether the first job's result does for the second. Default: their keys are equal. */
  serves?(made: J, wanted: J): boolean;
  /** Whether something is being dragged: a job of a drag then ends, so that dragging never starves. */
  isDragging?(): boolean;
  run(job: J, signal: AbortSignal): Promise<R>;
  /** The result of a job that was not aborted; the next job waits until this has ended. */
  done(job: J, result: R): void | Promise<void>;
  failed?(job: J, message: string): void;
  aborted?(job: J): void;
  /** A job has started or ended: `running` has changed. */
  changed?(): void;
  /** Woken, nothing was stale and nothing runs. */
  idle?(): void;
}

/**
 * Computes what is stale, one job at a time. There is no queue: the next job is chosen from the
 * jobs as they are when the one before has ended. A running job that is no longer needed is
 * aborted and its result dropped; a job that failed is not tried again before its place asks for
 * something else.
 */
export class StaleWork<J extends Job, R> {
  readonly #work: Work<J, R>;
  readonly #failures = new Map<J['place'], { readonly job: J; readonly message: string }>();
  #running: { readonly job: J; readonly abort: AbortController } | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(work: Work<J, R>) {
    this.#work = work;
  }

  get running(): J | undefined {
    return this.#running?.job;
  }

  /** Fulfilled when the job that runs now has ended. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Starts or aborts a job where that is due; to be called after every change of the jobs. */
  wake(): void {
    const jobs = this.#work.jobs();
    const next = jobs.find((job) => this.#isStale(job));
    if (!this.#running) {
      if (next) this.#ended = this.#run(next);
      else this.#work.idle?.();
      return;
    }
    const { job, abort } = this.#running;
    const needed = jobs.some((wanted) => wanted.place === job.place && this.#serves(job, wanted));
    const finishes = job.dragged && this.#work.isDragging?.();
    if (!next || !(needed || finishes)) abort.abort();
  }

  /** Why the last job of a place failed. */
  failure(place: J['place']): string | undefined {
    return this.#failures.get(place)?.message;
  }

  /** Lets the failed job of a place, or all, run again at the next `wake`. */
  retry(place?: J['place']): void {
    if (place === undefined) this.#failures.clear();
    else this.#failures.delete(place);
  }

  /** Aborts the running job and forgets what failed. */
  reset(): void {
    this.#running?.abort.abort();
    this.#failures.clear();
  }

  #serves(made: J, wanted: J): boolean {
    return this.#work.serves?.(made, wanted) ?? made.key === wanted.key;
  }

  #isStale(job: J): boolean {
    const failure = this.#failures.get(job.place);
    if (failure && this.#serves(failure.job, job)) return false;
    if (!this.#work.isDone(job)) return true;
    this.#failures.delete(job.place);
    return false;
  }

  async #run(job: J): Promise<void> {
    const abort = new AbortController();
    this.#running = { job, abort };
    this.#work.changed?.();
    try {
      const result = await this.#work.run(job, abort.signal);
      if (abort.signal.aborted) throw new Cancelled('The result was no longer needed');
      this.#failures.delete(job.place);
      await this.#work.done(job, result);
    } catch (error) {
      if (abort.signal.aborted || error instanceof Cancelled) {
        this.#work.aborted?.(job);
      } else {
        const message = messageOf(error);
        this.#failures.set(job.place, { job, message });
        this.#work.failed?.(job, message);
      }
    }
    this.#running = undefined;
    this.#work.changed?.();
    this.wake();
  }
}
