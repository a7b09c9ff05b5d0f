import { checkInputs, makeCheck, type SelfCheck } from '../src/diffusion/self-check';
import type { DenoiserManifest } from '../src/networks/manifest';
import type { NodeNetwork } from './runtime';

/** What a denoiser answers at three noise levels, for its manifest. */
export async function answersOf({
  manifest,
  run,
}: Pick<NodeNetwork<DenoiserManifest>, 'manifest' | 'run'>): Promise<SelfCheck> {
  const { shape, classes, sigma, prompts } = manifest;
  const size = shape.reduce((product, length) => product * length);
  // A usual level first: a page that evaluates few rows compares those. Then both ends.
  const inputs = {
    seed: 0,
    sigmas: [0.7, sigma.max, Math.max(sigma.min, 0.05)],
    labels: prompts
      ? [Math.ceil(prompts.tokens / 2), 0, prompts.tokens]
      : [0, classes.length, Math.max(0, classes.length - 1)],
  };
  const rows = checkInputs(inputs, inputs.sigmas.length, manifest);
  return makeCheck(inputs, await run(rows.x, rows.sigma, rows.conditioning), size);
}
