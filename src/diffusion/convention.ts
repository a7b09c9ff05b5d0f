import { type Betas, numTimesteps, sigmaTable, timestepOf } from './betas';

/**
 * What code bases of diffusion networks differ in, each seen from y = y_0 + sigma n, n ~ N(0, 1), in
 * which they are all the same: a scale of the network's input, a number that tells the noise level,
 * and two factors that make its output an estimate of y_0.
 */

/** What the network takes for a noisy picture. */
export type Noising =
  /** sqrt(ᾱ) y_0 + sqrt(1 - ᾱ) n (2006.11239): y / sqrt(1 + sigma²). */
  | 'betas'
  /** (1 - t) y_0 + t n (2210.02747, 2209.03003): y / (1 + sigma), t = sigma / (1 + sigma). */
  | 'flow'
  /** y itself (1907.05600). */
  | 'sigma'
  /** y / sqrt(sigma² + sigmaData²) (2206.00364). */
  | 'edm';

/** What the network's output is. */
export type PredictionType =
  /** n. */
  | 'eps'
  /** v = sqrt(ᾱ) n - sqrt(1 - ᾱ) y_0 (2202.00512). */
  | 'v'
  /** y_0. */
  | 'x0'
  /** n - y_0: the velocity of a flow whose time goes from the data to noise. */
  | 'flow'
  /** y_0 - n: that of a flow whose time goes from noise to the data. */
  | 'flow-to-data'
  /** F of D = c_skip y + c_out F (2206.00364). */
  | 'edm'
  /** The gradient of the log-density of what the network takes (2011.13456). */
  | 'score'
  /** y_0, of a network that takes y and sigma as this project's do, whatever else is said. */
  | 'denoised';

/** The number that tells the noise level. t is a timestep, from 0 to T - 1, or the time of a flow. */
export type TimeCount =
  | 'from-0'
  | 'from-1'
  /** (t + 1) / T; of a flow t. */
  | 'fraction'
  /** t / T. */
  | 'fraction-from-0'
  /** 1000 t / T (`rescale_timesteps` of 2102.09672); of a flow 1000 t. */
  | 'thousand'
  /** 1 - t, of a flow. */
  | 'reversed'
  | 'reversed-thousand'
  | 'sigma'
  /** Its natural logarithm. */
  | 'log-sigma'
  /** log sigma / 4 (2206.00364). */
  | 'c-noise'
  /** -2 log sigma. */
  | 'log-snr';

export interface Convention {
  readonly prediction: PredictionType;
  /** Absent: `betas`. */
  readonly noising?: Noising | undefined;
  /** Which noise level a timestep has. Of no meaning where the network is not told timesteps. */
  readonly betas: Betas;
  /** Standard deviation of the data, of `edm`. Default: 0.5. */
  readonly sigmaData?: number | undefined;
  readonly counts: TimeCount;
}

/** A noise level in a network's own terms. */
export interface Level {
  /** Its input is scale · y. */
  readonly scale: number;
  /** Told to it. */
  readonly time: number;
  /** D = skip · y + out · its output. */
  readonly skip: number;
  readonly out: number;
}

const OF_TIMESTEPS = ['from-0', 'from-1', 'fraction', 'fraction-from-0', 'thousand'] as const;
const OF_FLOWS = ['fraction', 'thousand', 'reversed', 'reversed-thousand'] as const;
const OF_SIGMA = ['sigma', 'log-sigma', 'c-noise', 'log-snr'] as const;

/** How networks of a kind may be told the noise level. */
export function countsOf(noising: Noising): readonly TimeCount[] {
  if (noising === 'betas') return [...OF_TIMESTEPS, ...OF_SIGMA];
  return noising === 'flow' ? [...OF_FLOWS, ...OF_SIGMA] : OF_SIGMA;
}

/** Whether the network is told timesteps, whose noise levels are those of its betas. */
export function takesTimesteps({
  prediction,
  noising = 'betas',
  counts,
}: Pick<Convention, 'prediction' | 'noising' | 'counts'>): boolean {
  const timesteps: readonly string[] = OF_TIMESTEPS;
  return prediction !== 'denoised' && noising === 'betas' && timesteps.includes(counts);
}

/**
 * The noise levels of a convention.
 *
 * @returns (sigma > 0, in the units of the network's pictures) → the level in its own terms
 * @throws RangeError for betas, or a way of telling time, that make no sense
 */
export function levelsOf(convention: Convention): (sigma: number) => Level {
  const { prediction, noising = 'betas', sigmaData = 0.5, counts } = convention;
  if (prediction === 'denoised') {
    return (sigma) => ({ scale: 1, time: sigma, skip: 0, out: 1 });
  }
  const timeOf = timesOf(convention);
  if (!countsOf(noising).includes(counts)) {
    const known = countsOf(noising).join(', ');
    throw new RangeError(`time.counts (${noising}): must be one of ${known}, got ${counts}`);
  }
  return (sigma) => {
    const scale = {
      betas: 1 / Math.hypot(1, sigma),
      flow: 1 / (1 + sigma),
      sigma: 1,
      edm: 1 / Math.hypot(sigma, sigmaData),
    }[noising];
    const factors = {
      eps: [1, -sigma],
      v: [1 / (1 + sigma ** 2), -sigma / Math.hypot(1, sigma)],
      x0: [0, 1],
      flow: [1 / (1 + sigma), -sigma / (1 + sigma)],
      'flow-to-data': [1 / (1 + sigma), sigma / (1 + sigma)],
      edm: [
        sigmaData ** 2 / (sigma ** 2 + sigmaData ** 2),
        (sigma * sigmaData) / Math.hypot(sigma, sigmaData),
      ],
      score: [1, sigma ** 2 * scale],
    } as const;
    const [skip, out] = factors[prediction];
    return { scale, time: timeOf(sigma), skip, out };
  };
}

function timesOf(convention: Convention): (sigma: number) => number {
  const { noising, betas, counts } = convention;
  switch (counts) {
    case 'sigma':
      return (sigma) => sigma;
    case 'log-sigma':
      return Math.log;
    case 'c-noise':
      return (sigma) => Math.log(sigma) / 4;
    case 'log-snr':
      return (sigma) => -2 * Math.log(sigma);
  }
  if (noising === 'flow') {
    const factor = counts.endsWith('thousand') ? 1000 : 1;
    return counts.startsWith('reversed')
      ? (sigma) => factor / (1 + sigma)
      : (sigma) => (factor * sigma) / (1 + sigma);
  }
  const table = sigmaTable(betas);
  const steps = numTimesteps(betas);
  const shift = counts === 'from-1' || counts === 'fraction' ? 1 : 0;
  const factor = counts.startsWith('fraction')
    ? 1 / steps
    : counts === 'thousand'
      ? 1000 / steps
      : 1;
  return (sigma) => (timestepOf(sigma, table) + shift) * factor;
}

/**
 * What a code base's samplers start from: pure noise at its network's input, or sigma n where that
 * input is y. Multiplies n.
 */
export function startScale(
  { prediction, noising = 'betas' }: Pick<Convention, 'prediction' | 'noising'>,
  sigma: number,
): number {
  if (prediction === 'denoised') return sigma;
  return { betas: Math.hypot(1, sigma), flow: 1 + sigma, sigma, edm: sigma }[noising];
}
