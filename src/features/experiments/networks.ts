import type { Catalogue } from '../../networks/library';
import type { DenoiserManifest, FeaturesManifest } from '../../networks/manifest';

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
 * @throws Error where the site's list is not whole, with what could not be read of it
 */
export function studyNetworks(
  loaded: DenoiserManifest,
  { manifests, problems }: Catalogue,
): StudyNetworks {
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const others = manifests.filter(
    (manifest): manifest is DenoiserManifest =>
      manifest.role === 'denoiser' && manifest.id !== loaded.id && alike(manifest, loaded),
  );
  const features = manifests.find(
    (manifest): manifest is FeaturesManifest =>
      manifest.role === 'features' && manifest.id === loaded.companions?.features,
  );
  return { denoisers: [loaded, ...others], features };
}

/** Whether points can be measured: all classes of the network in turn, by its feature network. */
export function isMeasurable({ companions, classes }: DenoiserManifest): boolean {
  return companions?.features !== undefined && classes.length > 0;
}

function alike(a: DenoiserManifest, b: DenoiserManifest): boolean {
  const text = ({ shape, classes, companions }: DenoiserManifest) =>
    JSON.stringify([shape, classes, companions?.features]);
  return text(a) === text(b);
}
