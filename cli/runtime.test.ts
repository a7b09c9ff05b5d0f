import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { byLabel } from '../src/diffusion/conditioning';
import { arrayFields } from '../src/diffusion/fields';
import { modelFolders } from './models';
import { openClassifier, openNetwork } from './runtime';

const has = (id: string) => modelFolders.some((folder) => existsSync(join(folder, id)));

test('opens each role with its own function only', async () => {
  await expect(openNetwork('tiny-features')).rejects.toThrow(
    'Model "tiny-features" must be a denoiser, its role is "features"',
  );
  await expect(openClassifier('tiny')).rejects.toThrow(
    'Model "tiny" must be a classifier, its role is "denoiser"',
  );
});

test.each(['tiny-classifier', 'tiny-small-classifier'].filter(has))(
  '%s: a gradient as long as x, linear in the label rows and 0 for no class',
  async (id) => {
    const { manifest, run, release } = await openClassifier(id);
    const seeds = [0, 1, 2, 3];
    const x = arrayFields({ seeds, sampleSize: 64 }).noise(-1).data;
    const sigma = new Float32Array(4).fill(1);
    const gradient = await run(x, sigma, byLabel([0, 1, 2, 3], manifest.classes.length));
    expect(gradient).toHaveLength(x.length);
    expect(gradient.every(Number.isFinite)).toBe(true);
    expect(gradient.some((value) => Math.abs(value) > 1e-6)).toBe(true);
    const mixed = await run(x, sigma, byLabel([1, 1, 1, 1], 4, { with: 2, share: 0.5 }));
    const [one, two] = [
      await run(x, sigma, byLabel([1, 1, 1, 1], 4)),
      await run(x, sigma, byLabel([2, 2, 2, 2], 4)),
    ];
    mixed.forEach((value, i) => {
      expect(value).toBeCloseTo((one[i]! + two[i]!) / 2, 4);
    });
    const none = await run(x, sigma, byLabel([4, 4, 4, 4], 4));
    expect(none.every((value) => value === 0)).toBe(true);
    await release();
  },
);
