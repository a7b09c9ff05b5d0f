import type { ParticlePaths, ParticleRun } from '../../diffusion/worlds/plane/particles';
import type { PlaneWorld } from '../../diffusion/worlds/plane/world';

/** Particles of one panel, from noise to data. */
export interface ParticleRequest {
  readonly world: PlaneWorld;
  readonly run: ParticleRun;
}

/** The buffer of `xs` is transferred. */
export type Particles = ParticlePaths & { readonly totalMs: number };
