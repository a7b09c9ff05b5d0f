/**
 * Draws a picture of each class of the networks whose classes have names, as one WebP beside the network.
 *
 *   npm run class-pictures
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from '../cli/generate';
import { withEntry } from '../cli/manifest-text';
import { graphSha256, manifestOf, shippedDenoisers } from '../cli/manifests';
import { openNetwork } from '../cli/runtime';
import { THUMBNAIL, thumbnailSettings } from '../cli/thumbnail';
import { DEFAULT_RUN } from '../src/diffusion/run';
import { launch } from './browser';
import { webpOf } from './webp';

const FILE = 'classes.webp';
const ACROSS = 10;

const browser = await launch('software');
for (const id of await shippedDenoisers()) {
  const { folder, path, manifest } = await manifestOf(id);
  if (manifest.role !== 'denoiser') continue;
  const { classes } = manifest;
  // A letter is its own picture.
  if (classes.every((name) => [...name].length <= 2)) continue;
  const network = await openNetwork(id);
  const jobs = classes.map((_, label) => ({ label, seed: THUMBNAIL.seed }));
  const { samples } = await generate(network, jobs, { ...DEFAULT_RUN, ...THUMBNAIL, batch: 16 });
  await network.release();
  const webp = await webpOf(browser, samples, manifest.shape, ACROSS);
  await writeFile(join(folder, FILE), webp);
  const settings = thumbnailSettings(jobs.slice(0, 1));
  const entry = { file: FILE, across: ACROSS, network: graphSha256(manifest), settings };
  await writeFile(path, withEntry(await readFile(path, 'utf8'), 'classPictures', entry));
  console.log(`${join(folder, FILE)}: ${classes.length} pictures, ${webp.length} bytes`);
}
await browser.close();
