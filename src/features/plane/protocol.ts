import type { ParticlePaths, ParticleRun } from '../../diffusion/worlds/plane/particles';
import type { PlaneWorld } from '../../diffusion/worlds/plane/world';

/** Particles of one panel, from noise to data. */
export interface ParticleRequest {
  readonly type: 'run';
  readonly id: number;
  readonly world: PlaneWorld;
  readonly run: ParticleRun;
}

export type LabRequest = ParticleRequest | { readonly type: 'cancel'; readonly id: number };

/** Every request ends in exactly one of these; the buffer of `xs` is transferred. */
export type LabEvent =
  | ({ readonly type: 'done'; readonly id: number; readonly totalMs: number } & ParticlePaths)
  | { readonly type: 'cancelled'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
