import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleSeed } from '../src/diffusion/random';
import { parseModelIndex } from '../src/networks/manifest';
import type { FirstPicturesData } from '../src/settings/first-pictures';
import { FIRST_VISIT } from '../src/settings/settings';
import { firstClass } from '../src/settings/subject';
import { generate } from './generate';
import { graphSha256 } from './manifests';
import { modelFolders } from './models';
import { openNetwork } from './runtime';

/** What the first visit's columns are, on the site's default network, before anything is drawn. */
export async function firstVisit(): Promise<Omit<FirstPicturesData, 'date'>> {
  const path = join(modelFolders[0]!, 'index.json');
  const { default: model } = parseModelIndex(await readFile(path, 'utf8'), path);
  const { manifest, release } = await openNetwork(model);
  await release();
  const { seed, count, columns } = FIRST_VISIT;
  return {
    model,
    network: graphSha256(manifest),
    class: firstClass(manifest),
    seed,
    count,
    columns,
    shape: manifest.shape,
  };
}

/** The first visit's pictures, column after column: [columns, count, channels, height, width]. */
export async function drawFirstVisit(): Promise<Float32Array> {
  const { model, class: name, seed, count, columns } = await firstVisit();
  const network = await openNetwork(model);
  const label = network.manifest.classes.indexOf(name);
  const jobs = Array.from({ length: count }, (_, k) => ({ label, seed: sampleSeed(seed, k) }));
  const drawn: Float32Array[] = [];
  for (const { mix: _, negative: __, ...run } of columns) {
    drawn.push((await generate(network, jobs, { ...run, batch: count })).samples);
  }
  await network.release();
  const all = new Float32Array(drawn.reduce((sum, { length }) => sum + length, 0));
  drawn.forEach((samples, column) => {
    all.set(samples, column * samples.length);
  });
  return all;
}
