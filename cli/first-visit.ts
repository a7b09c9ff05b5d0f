import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleSeed } from '../src/diffusion/random';
import { type DenoiserManifest, parseModelIndex } from '../src/networks/manifest';
import type { FirstPicturesData } from '../src/settings/first-pictures';
import { FIRST_VISIT, firstCount } from '../src/settings/settings';
import { firstClass } from '../src/settings/subject';
import { generate } from './generate';
import { graphSha256, manifestOf, presetDenoisers } from './manifests';
import { modelFolders } from './models';
import { encodePrompts } from './prompts';
import { openNetwork } from './runtime';
import { askedStages, openStages } from './stages';

/** Of what pictures are drawn, before they are. */
export type FirstVisit = Omit<FirstPicturesData, 'date'>;

/** What the first visit's columns are on every network that has presets, the site's default before the others. */
export async function firstVisits(): Promise<FirstVisit[]> {
  const path = join(modelFolders[0]!, 'index.json');
  const first = parseModelIndex(await readFile(path, 'utf8'), path).default;
  const others = (await presetDenoisers()).filter((id) => id !== first);
  return Promise.all([first, ...others].map(firstVisitOf));
}

async function firstVisitOf(model: string): Promise<FirstVisit> {
  const manifest = await denoiserOf(model);
  const { stages = [] } = manifest;
  const enlarging = await Promise.all(
    stages.map(async ({ network }) => (await manifestOf(network)).manifest),
  );
  const { seed, columns } = FIRST_VISIT;
  return {
    model,
    networks: [manifest, ...enlarging].map(graphSha256),
    class: firstClass(manifest),
    seed,
    count: firstCount(manifest),
    columns,
    shape: stages.at(-1)?.shape ?? manifest.shape,
  };
}

async function denoiserOf(id: string): Promise<DenoiserManifest> {
  const { manifest } = await manifestOf(id);
  if (manifest.role !== 'denoiser')
    throw new Error(`${id}: needs a denoiser, got ${manifest.role}`);
  return manifest;
}

/** A first visit's pictures, column after column: [columns, count, channels, height, width]. */
export async function drawFirstVisit({
  model,
  class: name,
  seed,
  count,
  columns,
}: FirstVisit): Promise<Float32Array> {
  const network = await openNetwork(model);
  const { prompts: reads, classes } = network.manifest;
  const enlarging = await openStages(askedStages({ model, asked: [] }, network.manifest));
  const prompts = reads && (await encodePrompts([name], reads)).states;
  const label = reads ? 0 : classes.indexOf(name);
  const jobs = Array.from({ length: count }, (_, k) => ({ label, seed: sampleSeed(seed, k) }));
  const drawn: Float32Array[] = [];
  for (const { mix: _, negative: __, ...run } of columns) {
    drawn.push(
      (await generate(network, jobs, { ...run, prompts, enlarging, batch: count })).samples,
    );
  }
  for (const opened of [network, ...enlarging.map((stage) => stage.network)])
    await opened.release();
  const all = new Float32Array(drawn.reduce((sum, { length }) => sum + length, 0));
  drawn.forEach((samples, column) => {
    all.set(samples, column * samples.length);
  });
  return all;
}
