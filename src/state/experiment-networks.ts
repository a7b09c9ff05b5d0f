import {
  type DenoiserManifest,
  type FeaturesManifest,
  parseManifest,
  parseModelIndex,
} from '../models/manifest';

/** The networks of a study. */
export interface StudyNetworks {
  /** Of the same shape, classes and feature network, so that their figures compare. */
  readonly denoisers: readonly DenoiserManifest[];
  /** What measures them. */
  readonly features: FeaturesManifest | undefined;
}

/**
 * The denoisers of the site that a study may set beside the loaded one, itself the first of them.
 *
 * @param read the text of a file below the models folder
 * @throws what `read` throws, and ModelError for a file that makes no sense
 */
export async function studyNetworks(
  loaded: DenoiserManifest,
  read: (path: string) => Promise<string>,
): Promise<StudyNetworks> {
  const { models } = parseModelIndex(await read('index.json'), 'index.json');
  const all = await Promise.all(
    models.map(async (id) => {
      const path = `${id}/manifest.json`;
      return id === loaded.id ? loaded : parseManifest(await read(path), path);
    }),
  );
  const others = all.filter(
    (manifest): manifest is DenoiserManifest =>
      manifest.role === 'denoiser' && manifest.id !== loaded.id && alike(manifest, loaded),
  );
  const features = all.find(
    (manifest): manifest is FeaturesManifest =>
      manifest.role === 'features' && manifest.id === loaded.companions?.features,
  );
  return { denoisers: [loaded, ...others], features };
}

function alike(a: DenoiserManifest, b: DenoiserManifest): boolean {
  const text = ({ shape, classes, companions }: DenoiserManifest) =>
    JSON.stringify([shape, classes, companions?.features]);
  return text(a) === text(b);
}
