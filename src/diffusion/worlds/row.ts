import { arrayFields } from '../fields';
import type { Threshold } from '../guidance/threshold';
import { createRun, DEFAULT_RUN } from '../run';
import { type GaussianMixture, mixtureEvaluate } from './analytic';

/** Pixels of a picture of one row. */
const PIXELS = 48;

const WANTED = 1;
const BACKGROUND = -0.6;
const RANGE = { sigmaMin: 0.002, sigmaMax: 80 };

/**
 * A world of pictures of one row, 48 pixels: those asked for have a bright stroke and a fainter one on
 * dark ground, the others a stroke between.
 */
const rowWorld: GaussianMixture = [
  { classLabel: 0, weight: 0.5, mean: strokes([24, 1.2]), std: 0.1 },
  { classLabel: WANTED, weight: 0.5, mean: strokes([12, 1.4], [36, 0.8]), std: 0.1 },
];

/** Pixel by pixel, what a run's first step believes the picture to be. */
export interface RowEstimates {
  /** As guidance gives it. */
  readonly guided: readonly number[];
  readonly clipped: readonly number[];
  readonly dynamic: readonly number[];
}

/**
 * The guided estimate of a run's first step, where x is nothing but noise, as the site's own rule and
 * thresholds make it (2205.11487, section 2.3); the exact denoisers stand in for the network.
 *
 * @param options.guidanceScale 1 = off
 * @param options.percentile of the dynamic threshold, within [50, 100]
 * @throws RangeError for a percentile out of range
 */
export async function rowEstimates(options: {
  readonly guidanceScale: number;
  readonly percentile: number;
}): Promise<RowEstimates> {
  const { guidanceScale, percentile } = options;
  const fields = arrayFields({ seeds: [0], sampleSize: PIXELS });
  const evaluate = mixtureEvaluate({ mixture: rowWorld, labels: [WANTED], fields });
  async function estimate(threshold: Threshold | null): Promise<number[]> {
    const settings = { ...DEFAULT_RUN, guidanceScale, threshold };
    const run = createRun({ settings, range: RANGE, fields, evaluate });
    const [sigma, sigmaDown] = [run.sigmas[0]!, run.sigmas[1]!];
    const { data } = await run.denoise(run.start(), sigma, { step: 0, stage: 0, sigmaDown });
    return [...data];
  }
  return {
    guided: await estimate(null),
    clipped: await estimate({ kind: 'static' }),
    dynamic: await estimate({ kind: 'dynamic', percentile }),
  };
}

/** Bright strokes on the ground, each at its place and as much brighter. */
function strokes(...all: readonly (readonly [place: number, brighter: number])[]): number[] {
  return Array.from({ length: PIXELS }, (_, pixel) =>
    all.reduce(
      (sum, [place, brighter]) => sum + brighter * Math.exp(-(((pixel - place) / 4) ** 2)),
      BACKGROUND,
    ),
  );
}
