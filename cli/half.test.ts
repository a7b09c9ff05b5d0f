import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDifference, checkInputs } from '../src/diffusion/self-check';
import { type DenoiserManifest, parseManifest } from '../src/networks/manifest';
import { localModels, modelFolders } from './models';
import { openNetwork } from './runtime';

const denoisers = localModels().flatMap((id): DenoiserManifest[] => {
  const folder = modelFolders.map((models) => join(models, id)).find((path) => existsSync(path))!;
  const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'), id);
  switch (manifest.role) {
    case 'denoiser':
    case 'weak':
    case 'student':
    case 'upsampler':
      return [manifest];
    default:
      return [];
  }
});

/** The largest difference from the stored answers, in this precision. */
async function differenceOf(
  manifest: DenoiserManifest,
  precision: 'fp16' | 'fp32',
): Promise<number> {
  const { id, shape, selfCheck } = manifest;
  const size = shape.reduce((a, b) => a * b);
  const inputs = checkInputs(selfCheck!, selfCheck!.sigmas.length, manifest);
  const { run, release } = await openNetwork(id, { threads: 1, precision });
  const denoised = await run(inputs.x, inputs.sigma, inputs.conditioning);
  await release();
  return checkDifference(selfCheck!, denoised, size);
}

describe.each(denoisers)('$id', (manifest) => {
  test('still answers what its manifest stores', async () => {
    expect(manifest.selfCheck, `npm run stamp -- ${manifest.id}`).toBeDefined();
    expect(await differenceOf(manifest, 'fp32')).toBeLessThan(1e-4);
  });

  test('computed in float16 it differs by roundings, far below a grey level', async () => {
    const difference = await differenceOf(manifest, 'fp16');
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(2e-3);
  });
});
