import type { Catalogue } from '../../networks/library';
import type { DenoiserManifest, FeaturesManifest } from '../../networks/manifest';

/** The networks of a study. */
export interface StudyNetworks {
  /** Of the same shape, classes and feature network, so that their figures compare. */
  readonly denoisers: readonly DenoiserManifest[];
  /** What measures them. */
  readonly features: FeaturesManifest | undefined;
  /** What enlarges the loaded one's pictures. */
  readonly stages: readonly DenoiserManifest[];
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
  const stages = (loaded.stages ?? []).flatMap(({ network }) =>
    manifests.filter(
      (manifest): manifest is DenoiserManifest =>
        manifest.role === 'upsampler' && manifest.id === network,
    ),
  );
  return { denoisers: [loaded, ...others], features, stages };
}

/**
 * Whether points can be measured by the feature network: all classes of the network in turn, or the
 * prompts that ask for that one's real pictures.
 *
 * @param features undefined while it is not known
 */
export function isMeasurable(
  { companions, classes, prompts }: DenoiserManifest,
  features: FeaturesManifest | undefined,
): boolean {
  if (companions?.features === undefined) return false;
  return prompts ? !features || studyPrompts(features).length > 0 : classes.length > 0;
}

/** The prompts that the samples of a study go through in turn. */
export function studyPrompts(features: FeaturesManifest | undefined): readonly string[] {
  return features?.reference?.prompts ?? [];
}

function alike(a: DenoiserManifest, b: DenoiserManifest): boolean {
  const text = ({ shape, classes, companions }: DenoiserManifest) =>
    JSON.stringify([shape, classes, companions?.features]);
  return text(a) === text(b);
}
