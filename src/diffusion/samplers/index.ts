import { ddim, ddpm } from './ancestral';
import { dpmpp2m } from './dpmpp-2m';
import { dpmpp2mSde } from './dpmpp-2m-sde';
import { dpmpp3m } from './dpmpp-3m';
import { heun } from './heun';
import { paper } from './paper';
import type { Sampler } from './sampler';
import { unipc } from './unipc';

export const samplerRegistry: readonly Sampler[] = [
  ddim,
  ddpm,
  paper,
  heun,
  dpmpp2m,
  dpmpp3m,
  unipc,
  dpmpp2mSde,
];

/** @throws RangeError for an unknown id. */
export function findSampler(id: string): Sampler {
  const sampler = samplerRegistry.find((entry) => entry.id === id);
  if (sampler === undefined) {
    const known = samplerRegistry.map((entry) => entry.id).join(', ');
    throw new RangeError(`Sampler must be one of ${known}, got "${id}"`);
  }
  return sampler;
}
