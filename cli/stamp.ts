// npm run stamp -- [model …]: into each denoiser's manifest, what it answers in float32 on this CPU. The
// page compares its first evaluation with that, and computes in float16 only where it agrees.
import { writeFile } from 'node:fs/promises';
import { messageOf } from '../src/networks/errors';
import { answersOf } from './answers';
import { ArgumentError } from './flags';
import { withEntry } from './manifest-text';
import { manifestOf } from './manifests';
import { localModels } from './models';
import { openNetwork } from './runtime';

try {
  const named = process.argv.slice(2);
  for (const id of named.length > 0 ? named : localModels()) await stamp(id);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}

/** @throws ArgumentError for an unknown model */
async function stamp(id: string): Promise<void> {
  const { path, text, manifest } = await manifestOf(id);
  const { role } = manifest;
  if (role !== 'denoiser' && role !== 'weak' && role !== 'upsampler' && role !== 'student') return;
  const network = await openNetwork(id);
  await writeFile(path, withEntry(text, 'selfCheck', await answersOf(network)));
  await network.release();
  console.log(`${path}: stamped`);
}
