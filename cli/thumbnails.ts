// npm run thumbnails -- [model …]: pictures of the networks' own samples, for the choice of a network.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_RUN } from '../src/diffusion/run';
import { messageOf } from '../src/networks/errors';
import { ArgumentError } from './flags';
import { generate } from './generate';
import { withEntry } from './manifest-text';
import { denoisers, graphSha256, manifestOf } from './manifests';
import { localModels } from './models';
import { encodePrompts } from './prompts';
import { openNetwork } from './runtime';
import { askedStages, openStages } from './stages';
import { encodeThumbnail, THUMBNAIL, thumbnailSamples, thumbnailSettings } from './thumbnail';

const FILE = 'thumbnail.png';

try {
  for (const id of await wanted(process.argv.slice(2))) await draw(id);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}

/** The named models, or every denoiser. @throws ArgumentError for an unknown one */
async function wanted(named: readonly string[]): Promise<readonly string[]> {
  const known = localModels();
  const unknown = named.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new ArgumentError(`A model must be one of ${known.join(', ')}, got "${unknown}"`);
  }
  return named.length > 0 ? named : denoisers();
}

async function draw(id: string): Promise<void> {
  const { folder, path, text, manifest } = await manifestOf(id);
  const network = graphSha256(manifest);
  const opened = await openNetwork(id);
  const { prompts } = opened.manifest;
  const stages = askedStages({ model: id, asked: [] }, opened.manifest);
  const enlarging = await openStages(stages);
  const samples = thumbnailSamples({
    shape: stages.at(-1)?.stage.shape ?? opened.manifest.shape,
    classes: prompts?.examples ?? opened.manifest.classes,
  });
  const drawn = await generate(opened, samples, {
    ...DEFAULT_RUN,
    ...THUMBNAIL,
    batch: samples.length,
    enlarging,
    prompts: prompts && (await encodePrompts(prompts.examples, prompts)).states,
  });
  for (const { network } of [{ network: opened }, ...enlarging]) await network.release();
  const png = encodeThumbnail(drawn.samples, drawn.shape);
  await writeFile(join(folder, FILE), png);
  const thumbnail = { file: FILE, network, settings: thumbnailSettings(samples) };
  await writeFile(path, withEntry(text, 'thumbnail', thumbnail));
  console.log(`${join(folder, FILE)}: ${samples.length} samples, ${png.byteLength} bytes`);
}
