import { Aborted } from './network';
import type { Request } from './protocol';
import type { Steering } from './steering';

export type LoadRequest = Extract<Request, { type: 'load' }>;
export type SampleRequest = Extract<Request, { type: 'sample' }>;
export type FilmRequest = Extract<Request, { type: 'film' }>;

/** How often a run lets messages in: not before every run of a quick network. */
const MESSAGES_EVERY_MS = 16;

/** How often a run says that it goes on. */
const ALIVE_EVERY_MS = 1000;

/** When any request last let messages in. */
let lastMessagesMs = 0;
/** When any request last said that it goes on. */
let lastAliveMs = 0;

/** A request while the worker answers it. */
export class ActiveRequest {
  readonly id: number;
  readonly type: (LoadRequest | SampleRequest | FilmRequest)['type'];
  /** Set while a steered run is sampled. */
  steering: Steering | undefined;
  readonly #controller = new AbortController();
  readonly #sayAlive: () => void;

  /** @param sayAlive is called now and then, from one evaluation to the next */
  constructor({ id, type }: LoadRequest | SampleRequest | FilmRequest, sayAlive: () => void) {
    this.id = id;
    this.type = type;
    this.#sayAlive = sayAlive;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Whether the request was aborted, after letting in the messages that say so: a run on wasm never
   * leaves the microtasks.
   */
  readonly isAborted = async (): Promise<boolean> => {
    if (performance.now() - lastAliveMs >= ALIVE_EVERY_MS) {
      lastAliveMs = performance.now();
      this.#sayAlive();
    }
    if (performance.now() - lastMessagesMs >= MESSAGES_EVERY_MS) {
      await nextTask();
      lastMessagesMs = performance.now();
    }
    return this.signal.aborted;
  };

  abort(): void {
    this.#controller.abort(new Aborted('A newer request replaced this one'));
  }
}

const { port1, port2 } = new MessageChannel();
/** Who waits for a later task: the runs of a film ask side by side. */
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

/** Resolves in a later task, after the messages that have arrived; a timer would wait 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
}
