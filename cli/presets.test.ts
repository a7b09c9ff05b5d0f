import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { sampleSeed } from '../src/diffusion/random';
import type { DenoiserManifest } from '../src/networks/manifest';
import { PRESET_IDS, type PresetId, presetColumns } from '../src/settings/presets';
import { FIRST_VISIT } from '../src/settings/settings';
import { firstClass } from '../src/settings/subject';
import { generate } from './generate';
import { judgeSamples } from './judge';
import { graphSha256, manifestOf, presetDenoisers } from './manifests';
import { borneOut, columnsOf, failedClaims, possiblePresets, readPresets } from './preset-figures';
import { companionHashes } from './presets';
import { openNetwork } from './runtime';

const { networks } = await readPresets();
const denoiser = async (id: string) => (await manifestOf(id)).manifest as DenoiserManifest;
/** What is drawn again here: quick, and not the same on each network. */
const AGAIN: Readonly<Record<string, PresetId>> = { emoji: 'negative', letters: 'sweet' };

test('every preset is offered on some network of the site', () => {
  const offered = new Set(networks.flatMap((measured) => borneOutOf(measured.id)));
  expect([...offered].sort()).toEqual([...PRESET_IDS].sort());
});

describe.each(await presetDenoisers())('on %s', (id) => {
  const measured = networks.find((network) => network.id === id)!;

  test('the presets were measured with the networks as they are now, and all their columns', async () => {
    const manifest = await denoiser(id);
    expect(measured, `npm run presets -- --model ${id}`).toMatchObject({
      sha256: graphSha256(manifest),
      seed: FIRST_VISIT.seed,
      class: firstClass(manifest),
    });
    const names = Object.fromEntries(Object.keys(measured.companions).map((name) => [name, name]));
    expect(measured.companions).toEqual(await companionHashes(names));
    for (const column of columnsOf(possiblePresets(manifest))) {
      expect(measured.columns.some((other) => isDeepStrictEqual(other.column, column))).toBe(true);
    }
  });

  test('those whose captions hold are offered, and no others', async () => {
    const { presets } = await denoiser(id);
    expect(presets, `npm run presets -- --check --model ${id}`).toEqual({
      network: measured.sha256,
      hold: borneOutOf(id),
    });
    for (const preset of presets!.hold as PresetId[]) {
      expect(failedClaims(preset, measured)).toEqual([]);
    }
  });
});

test.each(Object.entries(AGAIN))(
  '%s: the figures of “%s” are those drawn here',
  async (id, preset) => {
    const measured = networks.find((network) => network.id === id)!;
    expect(borneOutOf(id)).toContain(preset);
    const network = await openNetwork(id);
    const label = network.manifest.classes.indexOf(measured.class);
    const { count, seed } = FIRST_VISIT;
    const jobs = Array.from({ length: count }, (_, k) => ({ label, seed: sampleSeed(seed, k) }));
    for (const column of presetColumns(preset)) {
      const { mix: _, negative: __, ...run } = column;
      const { samples } = await generate(network, jobs, { ...run, batch: count });
      const features = network.manifest.companions!.features!;
      const opinion = await judgeSamples(features, samples, Array(count).fill(label));
      const { scene } = measured.columns.find((other) =>
        isDeepStrictEqual(other.column, column),
      )!.figures;
      // Another processor rounds differently: one sample may be read otherwise.
      expect(Math.abs(opinion.classAccuracy! - scene.recognised!)).toBeLessThan(1.5 / count);
      expect(Math.abs(opinion.diversity! / scene.diversity! - 1)).toBeLessThan(0.03);
    }
    await network.release();
  },
);

function borneOutOf(id: string): PresetId[] {
  const measured = networks.find((network) => network.id === id)!;
  const known = PRESET_IDS.filter((preset) =>
    presetColumns(preset).every((column) =>
      measured.columns.some((other) => isDeepStrictEqual(other.column, column)),
    ),
  );
  return borneOut(known, measured);
}
