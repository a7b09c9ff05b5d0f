import type { ParticlePaths, ParticleRun } from '../../diffusion/worlds/plane/particles';
import type { PlaneWorld } from '../../diffusion/worlds/plane/world';
import type { LabEvent, LabRequest } from './protocol';

export type Particles = ParticlePaths & { readonly totalMs: number };

type WorkerLike = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((event: MessageEvent<LabEvent>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

/** Starts the worker of the plane: Vite finds it by this exact form. It loads no inference runtime. */
function startWorker(): WorkerLike {
  return new Worker(new URL('./plane.worker.ts', import.meta.url), { type: 'module' });
}

interface Pending {
  resolve(particles: Particles | undefined): void;
  reject(error: Error): void;
}

/** The plane's worker as the main thread sees it. */
export class LabClient {
  readonly #start: () => WorkerLike;
  #worker: WorkerLike | undefined;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(start: () => WorkerLike = startWorker) {
    this.#start = start;
  }

  /**
   * Moves particles from noise to data.
   *
   * @returns undefined if the signal cancelled the run
   * @throws Error with the worker's message for settings out of range
   */
  run(world: PlaneWorld, run: ParticleRun, signal?: AbortSignal): Promise<Particles | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    const id = this.#nextId++;
    const worker = this.#running();
    const cancel = () => worker.postMessage({ type: 'cancel', id } satisfies LabRequest);
    signal?.addEventListener('abort', cancel);
    const ended = new Promise<Particles | undefined>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    worker.postMessage({ type: 'run', id, world, run } satisfies LabRequest);
    return ended.finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** Ends the worker; what was pending counts as cancelled. */
  dispose(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { resolve } of this.#pending.values()) resolve(undefined);
    this.#pending.clear();
  }

  #running(): WorkerLike {
    if (!this.#worker) {
      const worker = this.#start();
      worker.onmessage = ({ data }) => this.#receive(data);
      worker.onerror = ({ message }) => {
        const error = new Error(message || 'The worker of the plane could not be started');
        for (const { reject } of this.#pending.values()) reject(error);
        this.#pending.clear();
        this.dispose();
      };
      this.#worker = worker;
    }
    return this.#worker;
  }

  #receive(event: LabEvent): void {
    const pending = this.#pending.get(event.id);
    this.#pending.delete(event.id);
    switch (event.type) {
      case 'done':
        pending?.resolve(event);
        break;
      case 'cancelled':
        pending?.resolve(undefined);
        break;
      case 'failed':
        pending?.reject(new Error(event.message));
        break;
      default:
        event satisfies never;
    }
  }
}
