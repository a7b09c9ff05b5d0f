import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { opinionFrom } from '../src/diffusion/metrics/verdicts';
import { sampleSeed } from '../src/diffusion/random';
import { type DenoiserManifest, parseModelIndex } from '../src/networks/manifest';
import type { FirstPicturesData } from '../src/settings/first-pictures';
import { FIRST_VISIT } from '../src/settings/settings';
import { firstVisits } from './first-visit';
import { generate } from './generate';
import { openJudge } from './judge';
import { graphSha256, manifestOf, shippedDenoisers } from './manifests';
import { modelFolders } from './models';
import { openNetwork } from './runtime';
import { bestScene, isMonotone, readScenes, telling } from './scene-ranking';

const { networks } = await readScenes();
const index = parseModelIndex(
  readFileSync(join(modelFolders[0]!, 'index.json'), 'utf8'),
  'index.json',
);
const denoiser = async (id: string) => (await manifestOf(id)).manifest as DenoiserManifest;

test('a scene is telling where both sides of guidance grow with the scale', () => {
  const scene = { name: 'A', diversity: [20, 10, 5], recognised: [0.5, 0.9, 0.9] };
  expect(telling(scene)).toBeCloseTo(0.4 * 0.75);
  expect(telling({ ...scene, diversity: [20, 10, 12] }), 'variety comes back').toBe(0);
  expect(telling({ ...scene, recognised: [0.5, 1, 0.9] }), 'fewer are readable').toBe(0);
  const weaker = { ...scene, name: 'B', recognised: [0.7, 0.9, 0.9] };
  expect(bestScene({ classes: [weaker, scene, { ...scene, name: 'C' }] }).name).toBe('A');
});

describe('docs/scenes.json, which `npm run scenes` writes', () => {
  test('has every network of the site, as it is now, at the settings of the first visit', async () => {
    expect(networks.map(({ id }) => id).sort()).toEqual((await shippedDenoisers()).sort());
    for (const { id, sha256, classes, ...measured } of networks) {
      const manifest = await denoiser(id);
      expect(sha256, id).toBe(graphSha256(manifest));
      expect(classes.map(({ name }) => name)).toEqual(manifest.classes);
      expect(measured).toMatchObject({
        features: manifest.companions?.features,
        seed: FIRST_VISIT.seed,
        samples: FIRST_VISIT.count,
        scales: FIRST_VISIT.columns.map(({ guidanceScale }) => guidanceScale),
      });
      for (const { sampler, numSteps } of FIRST_VISIT.columns) {
        expect([measured.sampler, measured.steps]).toEqual([sampler, numSteps]);
      }
    }
  });

  test('gives each network its most telling class', async () => {
    for (const network of networks) {
      const best = bestScene(network);
      expect(isMonotone(best), network.id).toBe(true);
      const { scene } = await denoiser(network.id);
      expect(scene, `npm run scenes -- --model ${network.id}`).toEqual({
        class: best.name,
        network: network.sha256,
        telling: Number(telling(best).toFixed(4)),
      });
    }
  });

  test.each(['emoji', 'letters'])('says of %s what is measured here', async (id) => {
    const network = await openNetwork(id);
    const stored = networks.find((measured) => measured.id === id)!;
    const best = bestScene(stored);
    const judge = await openJudge(stored.features);
    const label = network.manifest.classes.indexOf(best.name);
    const { seed, count, columns } = FIRST_VISIT;
    const jobs = Array.from({ length: count }, (_, k) => ({ label, seed: sampleSeed(seed, k) }));
    for (const [at, { mix: _, negative: __, ...run }] of columns.entries()) {
      const { samples } = await generate(network, jobs, { ...run, batch: count });
      const { logits, features } = await judge.look(samples);
      const opinion = opinionFrom(logits, features, Array(count).fill(label));
      // Another processor rounds differently: one sample may be read otherwise.
      expect(Math.abs(opinion.classAccuracy! - best.recognised[at]!)).toBeLessThan(1.5 / count);
      expect(Math.abs(opinion.diversity! / best.diversity[at]! - 1)).toBeLessThan(0.03);
    }
    await network.release();
    await judge.release();
  });
});

describe('the first visit', () => {
  test('opens in colour, and its first column costs no more than the letters did with 16 steps', async () => {
    const opened = await denoiser(index.default);
    const letters = await denoiser('letters');
    expect(opened.shape[0]).toBe(3);
    const { count, columns, active } = FIRST_VISIT;
    const evaluations = 2 * columns[active]!.numSteps * count;
    expect(evaluations * opened.flopsPerForward!).toBeLessThanOrEqual(
      2 * 16 * 16 * letters.flopsPerForward!,
    );
  });

  test('shows pictures drawn earlier at the same settings by the same network', async () => {
    const inFeature = (file: string) =>
      fileURLToPath(new URL(`../src/features/playground/first-pictures/${file}`, import.meta.url));
    const drawn: FirstPicturesData[] = JSON.parse(readFileSync(inFeature('drawn.json'), 'utf8'));
    const visits = await firstVisits();
    expect(
      drawn.map(({ date: _, ...visit }) => visit),
      'npm run first-pictures',
    ).toEqual(visits);
    expect(visits.map(({ model }) => model)).toContain(index.default);
    for (const { model, date } of drawn) {
      expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(statSync(inFeature(`${model}.webp`)).size, model).toBeLessThan(60_000);
    }
  });
});
