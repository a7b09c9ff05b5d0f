/** What a worker says first of all. */
export interface Started {
  readonly type: 'started';
  /** Of a Web Lock that the worker holds while it lives; pages without https have none. */
  readonly lock?: string | undefined;
}

/** A worker, as far as `LivingWorker` needs it. */
export type WorkerLike<Said> = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((event: MessageEvent<Said>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

/** How often a worker that ends before its first word is started. */
const MOST_STARTS = 3;

/**
 * A worker that is known to live. One that ends before its first word is started again with what it
 * was told: WebKit fails every second start after a reload of an isolated page. One that ends
 * later without an error, by itself or killed by the system, is noticed by the lock that it held.
 */
export class LivingWorker<Told, Said> {
  readonly #start: () => WorkerLike<Said>;
  readonly #onMessage: (data: Said) => void;
  readonly #onEnd: (message: string) => void;
  readonly #ended = new AbortController();
  #worker: WorkerLike<Said>;
  #starts = 0;
  /** What it was told before its first word; undefined: it has spoken. */
  #unheard: Told[] | undefined = [];

  /** @param onEnd is told why the worker has ended, unless by `end`; '' where nobody says */
  constructor(
    start: () => WorkerLike<Said>,
    onMessage: (data: Said) => void,
    onEnd: (message: string) => void,
  ) {
    this.#start = start;
    this.#onMessage = onMessage;
    this.#onEnd = onEnd;
    this.#worker = this.#begin();
  }

  post(message: Told): void {
    this.#unheard?.push(message);
    this.#worker.postMessage(message);
  }

  end(): void {
    this.#ended.abort();
    this.#worker.terminate();
  }

  #begin(): WorkerLike<Said> {
    const worker = this.#start();
    const isCurrent = () => worker === this.#worker && !this.#ended.signal.aborted;
    this.#starts++;
    worker.onmessage = ({ data }) => {
      if (!isCurrent()) return;
      this.#unheard = undefined;
      if (isStarted(data)) this.#watch(data.lock);
      else this.#onMessage(data);
    };
    worker.onerror = ({ message }) => {
      if (!isCurrent()) return;
      if (this.#unheard && this.#starts < MOST_STARTS) this.#startAgain(this.#unheard);
      else this.#hasEnded(message);
    };
    return worker;
  }

  #startAgain(unheard: readonly Told[]): void {
    this.#worker.terminate();
    this.#worker = this.#begin();
    for (const message of unheard) this.#worker.postMessage(message);
  }

  /** The lock is free once the worker is gone. */
  #watch(lock: string | undefined): void {
    if (lock === undefined) return;
    const { signal } = this.#ended;
    const gone = () => {
      if (!signal.aborted) this.#hasEnded('The worker has ended before its work was done');
    };
    navigator.locks.request(lock, { signal }, gone).catch(() => {});
  }

  #hasEnded(message: string): void {
    this.end();
    this.#onEnd(message);
  }
}

function isStarted(data: unknown): data is Started {
  return (data as Started).type === 'started';
}

/** In a worker: says that it has begun, and holds a lock for as long as it lives. */
export function sayStarted(post: (first: Started) => void): void {
  // Node 20 has no navigator, and pages without https no locks.
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) {
    post({ type: 'started' });
    return;
  }
  const lock = `worker ${crypto.randomUUID()}`;
  const held = () => {
    post({ type: 'started', lock });
    return new Promise<never>(() => {});
  };
  locks.request(lock, held).catch(() => post({ type: 'started' }));
}
