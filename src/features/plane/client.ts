import { WorkerClient } from '../../kit/worker-client';
import type { ParticleRequest, Particles } from './protocol';

export type PlaneClient = WorkerClient<ParticleRequest, Particles>;

/** The worker that moves particles from noise to data. It loads no inference runtime. */
export function planeClient(): PlaneClient {
  return new WorkerClient(
    () => new Worker(new URL('./plane.worker.ts', import.meta.url), { type: 'module' }),
    'The worker of the plane',
  );
}
