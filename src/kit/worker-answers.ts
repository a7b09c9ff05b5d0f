import { type Started, sayStarted } from '../engine/living-worker';
import { messageOf } from '../networks/errors';
import type { FromWorker, ToWorker } from './worker-messages';

/** Messages are let in this often while a request is answered: by itself it may never leave the microtasks. */
const BREATH_EVERY_MS = 16;

/** The worker's global scope. */
export interface WorkerScope<Request, Result, Note, Event> {
  onmessage: ((event: MessageEvent<ToWorker<Request, Note>>) => void) | null;
  postMessage(
    message: FromWorker<Result, Event> | Started,
    options: { readonly transfer: Transferable[] },
  ): void;
}

/** One request while it is answered. */
export class Call<Note = never, Event = never> {
  readonly #abort = new AbortController();
  readonly #emit: (event: Event) => void;
  #notes: Note[] = [];
  #wake: () => void = () => {};
  #lastBreath = performance.now();

  constructor(emit: (event: Event) => void) {
    this.#emit = emit;
  }

  /** Tells the page something on the way to the result; nothing once the request is aborted. */
  emit(event: Event): void {
    if (!this.#abort.signal.aborted) this.#emit(event);
  }

  get aborted(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Lets messages in where that is due. @throws if the request was aborted */
  async breathe(): Promise<void> {
    if (performance.now() - this.#lastBreath >= BREATH_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#lastBreath = performance.now();
    }
    this.#abort.signal.throwIfAborted();
  }

  /** The notes that have come since the last time. */
  takeNotes(): Note[] {
    return this.#notes.splice(0);
  }

  /** Waits for the next note. @throws if the request was aborted */
  async nextNote(): Promise<void> {
    if (this.#notes.length === 0 && !this.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#abort.signal.throwIfAborted();
  }

  /** Of the plumbing below. */
  receive(message: { readonly type: 'abort' } | { readonly type: 'note'; readonly note: Note }) {
    if (message.type === 'abort') this.#abort.abort();
    else this.#notes.push(message.note);
    this.#wake();
  }
}

/**
 * A worker's side of `WorkerClient`: answers requests in turn.
 *
 * @param answer what it throws is the request's failure
 * @param transfer what of a result is handed over in place of copied
 */
export function answerRequests<Request, Result, Note = never, Event = never>(
  scope: WorkerScope<Request, Result, Note, Event>,
  answer: (request: Request, call: Call<Note, Event>) => Promise<Result>,
  transfer: (result: Result) => Transferable[] = () => [],
): void {
  const calls = new Map<number, Call<Note, Event>>();
  let last: Promise<void> = Promise.resolve();
  scope.onmessage = ({ data }) => {
    switch (data.type) {
      case 'request': {
        const { id, request } = data;
        const emit = (event: Event) => post({ type: 'event', id, event });
        const call = new Call<Note, Event>(emit);
        calls.set(id, call);
        last = last.then(() => end(id, request, call));
        break;
      }
      case 'note':
      case 'abort':
        calls.get(data.id)?.receive(data);
        break;
      default:
        data satisfies never;
    }
  };

  sayStarted((first) => scope.postMessage(first, { transfer: [] }));

  async function end(id: number, request: Request, call: Call<Note, Event>): Promise<void> {
    try {
      await call.breathe();
      const result = await answer(request, call);
      post({ type: 'done', id, result }, transfer(result));
    } catch (error) {
      post(call.aborted ? { type: 'aborted', id } : failure(id, error));
    }
    calls.delete(id);
  }

  function post(message: FromWorker<Result, Event>, handedOver: Transferable[] = []): void {
    scope.postMessage(message, { transfer: handedOver });
  }
}

function failure(id: number, error: unknown): FromWorker<never, never> {
  return { type: 'failed', id, message: messageOf(error) };
}
