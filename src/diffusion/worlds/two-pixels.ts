import { enlargingRun } from '../cascade';
import { type ArrayField, arrayFields, type ImageShape } from '../fields';
import { createRun, DEFAULT_RUN, type OpenStage, type Run, runStages } from '../run';
import type { Forward } from '../stacked';
import { type GaussianMixture, mixtureEvaluate } from './analytic';

/** A group of pictures of two pixels: `mean` is what both have in common, `detail` what one has more. */
interface TwoPixelGroup {
  readonly weight: number;
  readonly mean: number;
  readonly detail: number;
}

/**
 * A world of pictures of two pixels (mean + detail, mean - detail), each with Gaussian noise of
 * `PIXEL_STD`: dark ones whose left or right pixel is the brighter, and bright ones of one grey. Made
 * half as large, a picture is one pixel, its mean, and that does not tell the detail.
 */
export const TWO_PIXELS: readonly TwoPixelGroup[] = [
  { weight: 1 / 3, mean: -0.5, detail: 0.3 },
  { weight: 1 / 3, mean: -0.5, detail: -0.3 },
  { weight: 1 / 3, mean: 0.5, detail: 0 },
];

export const PIXEL_STD = 0.06;

/** Standard deviation of the mean, and of the detail, within a group. */
const STD = PIXEL_STD / Math.SQRT2;

/** Distance from a group's middle, in mean and detail, within which 98.9 % of its pictures lie. */
export const GROUP_RADIUS = 3 * STD;

const SMALL: ImageShape = [1, 1, 1];
const LARGE: ImageShape = [1, 1, 2];
const RANGE = { sigmaMin: 0.002, sigmaMax: 20 };

/** A picture that a cascade has drawn. */
export interface TwoPixelPicture {
  /** What the first stage drew. */
  readonly small: number;
  /** Of what the second stage made of it. */
  readonly mean: number;
  readonly detail: number;
}

/**
 * Pictures of `TWO_PIXELS` drawn by a cascade of two stages, the exact denoisers in place of its
 * networks: one pixel, then two given the noised pixel (noise conditioning augmentation, 2106.15282).
 *
 * @param options.augmentation level of the noise on the small picture, 0 … 1
 * @param options.bias what the first stage has learned wrong: all its pictures are brighter by this
 * @param options.samples one seed each, 0 … samples - 1
 * @throws RangeError for a level outside [0, 1]
 */
export async function drawTwoPixels(options: {
  readonly augmentation: number;
  readonly bias: number;
  readonly numSteps: number;
  readonly samples: number;
}): Promise<TwoPixelPicture[]> {
  const { augmentation, bias, numSteps, samples } = options;
  const seeds = Array.from({ length: samples }, (_, k) => k);
  const settings = { ...DEFAULT_RUN, sampler: 'heun', numSteps, augmentation };
  const begun = (run: Run<ArrayField>) => ({ run, x: run.start() });
  const stages: OpenStage<ArrayField>[] = [
    () => {
      const fields = arrayFields({ seeds, sampleSize: 1, shape: SMALL });
      const mixture: GaussianMixture = TWO_PIXELS.map(({ weight, mean }) => ({
        ...{ classLabel: 0, weight, std: STD },
        mean: [mean + bias],
      }));
      const evaluate = mixtureEvaluate({ mixture, labels: seeds.map(() => 0), fields });
      return begun(createRun({ settings, range: RANGE, fields, evaluate }));
    },
    (low) =>
      begun(
        enlargingRun({
          ...{ forward: enlarge, shape: LARGE, lowShape: SMALL, range: RANGE },
          ...{ settings, seeds, stage: 1, conditioning: { cond: {}, uncond: {} } },
          low: low!,
        }),
      ),
  ];
  let small: number[] = [];
  let large: number[] = [];
  for await (const { stage, x } of runStages(stages)) {
    if (stage === 0) small = [...x.data];
    else large = [...x.data];
  }
  return small.map((value, k) => {
    const [left, right] = [large[2 * k]!, large[2 * k + 1]!];
    return { small: value, mean: (left + right) / 2, detail: (left - right) / 2 };
  });
}

/** Whether it lies where the world has pictures: within three standard deviations of a group. */
export function isInWorld({ mean, detail }: TwoPixelPicture): boolean {
  return TWO_PIXELS.some(
    (group) => Math.hypot(mean - group.mean, detail - group.detail) <= GROUP_RADIUS,
  );
}

/** Whether it is dark or bright as its small picture was. */
export function isTrueToSmall({ small, mean }: TwoPixelPicture): boolean {
  return small < 0 === mean < 0;
}

/** The exact second stage: E[x0 | x; sigma, low, augmentation] of every row. */
export const enlarge: Forward = async (x, sigma, { low, augmentation }) => {
  const out = new Float32Array(x.length);
  sigma.forEach((level, row) => {
    const angle = (Math.PI / 2) * augmentation!.data[row]!;
    const [left, right] = [x[2 * row]!, x[2 * row + 1]!];
    const { mean, detail } = posteriorMeans({
      mean: (left + right) / 2,
      detail: (left - right) / 2,
      noise: level ** 2 / 2,
      low: low!.data[row]!,
      signal: Math.cos(angle),
      lowNoise: Math.sin(angle) ** 2,
    });
    out[2 * row] = mean + detail;
    out[2 * row + 1] = mean - detail;
  });
  return out;
};

/**
 * Within a group, mean m and detail d are independent Gaussians. m is seen twice, in x's own mean with
 * the variance `noise` and in low = signal m + N(0, lowNoise); d is seen once. Each group gives its
 * posterior means, weighted with how likely it makes what is seen.
 */
function posteriorMeans(seen: {
  readonly mean: number;
  readonly detail: number;
  readonly noise: number;
  readonly low: number;
  readonly signal: number;
  readonly lowNoise: number;
}): { readonly mean: number; readonly detail: number } {
  const { noise, low, signal, lowNoise } = seen;
  const variance = STD ** 2;
  // Covariance of x's mean and low.
  const [a, b, c] = [variance + noise, signal * variance, signal ** 2 * variance + lowNoise];
  const determinant = a * c - b * b;
  const groups = TWO_PIXELS.map(({ weight, mean, detail }) => {
    const [ofX, ofLow, ofDetail] = [seen.mean - mean, low - signal * mean, seen.detail - detail];
    const squares = (c * ofX ** 2 - 2 * b * ofX * ofLow + a * ofLow ** 2) / determinant;
    const pull = (c * ofX - b * ofLow + signal * (a * ofLow - b * ofX)) / determinant;
    return {
      log: Math.log(weight) - (squares + ofDetail ** 2 / a) / 2,
      mean: mean + variance * pull,
      detail: detail + (variance * ofDetail) / a,
    };
  });
  const largest = Math.max(...groups.map(({ log }) => log));
  let [total, mean, detail] = [0, 0, 0];
  for (const group of groups) {
    const share = Math.exp(group.log - largest);
    total += share;
    mean += share * group.mean;
    detail += share * group.detail;
  }
  return { mean: mean / total, detail: detail / total };
}
