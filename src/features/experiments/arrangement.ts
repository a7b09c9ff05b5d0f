import type { Precision } from '../../engine/protocol';
import { coarseToFine } from '../../kit/coarse-to-fine';
import type { DenoiserManifest } from '../../networks/manifest';
import type { StudyNetworks } from './networks';
import { type Point, pointsOf, samplesOf, seriesOf, valuesOf } from './points';
import type { ExperimentSettings } from './settings';
import type { ExperimentState } from './state';

/** What decides the points of an experiment. */
export interface Asked {
  readonly experiment: ExperimentSettings;
  readonly seed: number;
  readonly manifest: DenoiserManifest;
  readonly precision: Precision;
  readonly networks: StudyNetworks;
}

/** The points of an experiment, and in which order they are drawn. */
export interface Arrangement extends Asked {
  readonly points: readonly Point[];
  /** Indices of points: the ends of every curve first, then halfway between, and so on. */
  readonly order: readonly number[];
  readonly series: ExperimentState['series'];
  /** Samples that each point is to have. */
  readonly samples: number;
}

/**
 * The arrangement of what is asked.
 *
 * @param last kept where it is that of the same
 */
export function arranged(asked: Asked, last: Arrangement | undefined): Arrangement {
  const keys = Object.keys(asked) as (keyof Asked)[];
  if (last && keys.every((key) => last[key] === asked[key])) return last;
  const { experiment, seed, manifest, precision, networks } = asked;
  const series = seriesOf(experiment, manifest, networks.denoisers);
  const across = valuesOf(experiment, manifest.prompts !== undefined).length;
  return {
    ...asked,
    points: pointsOf({ experiment, seed }, manifest, networks, precision),
    order: coarseToFine(1, across).flatMap((at) => series.map((_, s) => s * across + at)),
    series,
    samples: samplesOf(experiment, networks.features),
  };
}
