import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadedModel, loadModel } from '../src/networks/download';
import type { ReadModelFile } from '../src/networks/sources';

/** The site's networks, and the small ones that only tests use. */
export const modelFolders = ['../public/models', '../e2e/models'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/**
 * Loads a model from disk with the checks of the page.
 *
 * @param reference whether a feature network's reference is wanted too
 * @throws ModelError
 */
export function loadLocalModel(
  id: string,
  folders = modelFolders,
  { reference = false } = {},
): Promise<LoadedModel> {
  return loadModel(id, { ...localOptions(id, folders), reference });
}

/** Reads a model's files from the first of these folders that has it. */
export function localOptions(id: string, folders: readonly string[]) {
  const folder = folders.find((models) => existsSync(join(models, id))) ?? folders[0] ?? '.';
  return { baseUrl: 'file:///', cache: null, read: readFrom(folder) };
}

/** Ids of the models on disk, the site's first. */
export function localModels(folders = modelFolders): string[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder).filter((id) => existsSync(join(folder, id, 'manifest.json'))),
    );
}

function readFrom(folder: string): ReadModelFile {
  return async (path) => {
    try {
      return new Uint8Array(await readFile(join(folder, path)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
}
