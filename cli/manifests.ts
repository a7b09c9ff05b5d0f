import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, parseManifest } from '../src/networks/manifest';
import { ArgumentError } from './flags';
import { localModels, modelFolders } from './models';

/** A network's folder, and its manifest as text and as read. @throws ArgumentError for an unknown model */
export async function manifestOf(id: string) {
  const folder = modelFolders.map((models) => join(models, id)).find((path) => existsSync(path));
  if (folder === undefined) {
    throw new ArgumentError(`A model must be one of ${localModels().join(', ')}, got "${id}"`);
  }
  const path = join(folder, 'manifest.json');
  const text = await readFile(path, 'utf8');
  return { folder, path, text, manifest: parseManifest(text, path) };
}

/** Ids of the denoisers in these folders. */
export async function denoisers(folders = modelFolders): Promise<string[]> {
  const ids = localModels(folders);
  const roles = await Promise.all(ids.map(async (id) => (await manifestOf(id)).manifest.role));
  return ids.filter((_, i) => roles[i] === 'denoiser');
}

/** Ids of the denoisers that the site ships and that classes condition. */
export async function shippedDenoisers(): Promise<string[]> {
  const ids = await denoisers(modelFolders.slice(0, 1));
  const manifests = await Promise.all(ids.map(async (id) => (await manifestOf(id)).manifest));
  return ids.filter((_, i) => {
    const manifest = manifests[i]!;
    return manifest.role === 'denoiser' && manifest.classes.length > 0;
  });
}

/** Ids of those that presets are for: networks of classes, and cascades that draw prompts. */
export async function presetDenoisers(): Promise<string[]> {
  const ids = await denoisers(modelFolders.slice(0, 1));
  const manifests = await Promise.all(ids.map(async (id) => (await manifestOf(id)).manifest));
  return ids.filter((_, i) => {
    const manifest = manifests[i]!;
    if (manifest.role !== 'denoiser') return false;
    return manifest.classes.length > 0 || manifest.prompts !== undefined;
  });
}

/** SHA-256 of a network's graph. */
export function graphSha256({ id, files }: Pick<Manifest, 'id' | 'files'>): string {
  const graph = files.find(({ name }) => name === 'model.onnx');
  if (graph === undefined)
    throw new RangeError(`${id}/manifest.json must list the file model.onnx`);
  return graph.sha256;
}
