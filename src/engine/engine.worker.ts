import { ModelError } from '../networks/download';
import { messageOf } from '../networks/errors';
import {
  ActiveRequest,
  type FilmRequest,
  type LoadRequest,
  type SampleRequest,
} from './active-request';
import { answerFilm } from './answer-film';
import { answerSample } from './answer-sample';
import { sayStarted } from './living-worker';
import { LoadedNetworks } from './loaded-networks';
import type { Ending, EngineEvent, Request, Take } from './protocol';

type Answered = LoadRequest | SampleRequest | FilmRequest;

/** Answers one request at a time, the newest: see `Request`. */
class Dispatch {
  readonly #loaded = new LoadedNetworks(post);
  #active: ActiveRequest | undefined;
  #waiting: Answered | undefined;

  receive(request: Request): void {
    switch (request.type) {
      case 'load':
      case 'sample':
      case 'film':
        // The newest request wins: the active one is aborted, the waiting one cancelled, and no queue
        // builds up. But a sample or a film waits for its model.
        if (request.type === 'load' || this.#active?.type !== 'load') this.#active?.abort();
        if (this.#waiting) post({ type: 'cancelled', id: this.#waiting.id });
        this.#waiting = request;
        if (!this.#active) void this.#answerWaiting();
        break;
      case 'steer':
        if (this.#active?.id === request.id) this.#active.steering?.to(request.guidanceScale);
        break;
      case 'cancel':
        if (this.#active?.id === request.id) this.#active.abort();
        if (this.#waiting?.id === request.id) {
          post({ type: 'cancelled', id: request.id });
          this.#waiting = undefined;
        }
        break;
      default:
        request satisfies never;
    }
  }

  async #answerWaiting(): Promise<void> {
    while (this.#waiting) {
      const request = this.#waiting;
      this.#waiting = undefined;
      this.#active = new ActiveRequest(request, () => post({ type: 'alive' }));
      const ending = await this.#answer(request, this.#active);
      if (ending) post(ending, buffersOf(ending));
      this.#active = undefined;
    }
  }

  /** undefined: the device was lost, and the client sends the request to the worker that comes next. */
  async #answer(request: Answered, active: ActiveRequest): Promise<Ending | undefined> {
    const { id } = request;
    try {
      if (request.type === 'sample') {
        return await answerSample(request, active, this.#loaded, post);
      }
      if (request.type === 'film') return await answerFilm(request, active, this.#loaded);
      const loaded = await this.#loaded.load(request, active.signal, (progress) =>
        post({ type: 'progress', id, progress }),
      );
      return { type: 'ready', id, ...loaded };
    } catch (error) {
      if (active.signal.aborted) return { type: 'cancelled', id };
      if (await this.#loaded.deviceLoss()) return undefined;
      const kind = error instanceof ModelError ? error.kind : 'engine';
      return { type: 'failed', id, kind, message: messageOf(error) };
    }
  }
}

/** What an ending transfers instead of copying it. */
function buffersOf(ending: Ending): Transferable[] {
  if (ending.type === 'filmed') return ending.takes.flatMap(takeBuffers);
  if (ending.type !== 'done' || !ending.measured) return [];
  const { logits, features } = ending.measured;
  return [...new Set([logits.buffer, features.buffer])];
}

function takeBuffers({ samples, frames }: Take): Transferable[] {
  const pictures = frames.flatMap(({ x, denoised, outside }) => [x, denoised, outside]);
  return [samples, ...pictures].map(({ buffer }) => buffer);
}

function post(event: EngineEvent, transfer: Transferable[] = []): void {
  self.postMessage(event, { transfer });
}

const dispatch = new Dispatch();
self.onmessage = ({ data }: MessageEvent<Request>) => dispatch.receive(data);
sayStarted((first) => self.postMessage(first));
