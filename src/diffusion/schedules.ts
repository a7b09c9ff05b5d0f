import { type NumberParameter, parameterValue } from './parameters';
import { checkSteps, type Schedule, type SigmaRange } from './schedule';
import { leading, linspace, trailing } from './timesteps';

export type { SigmaRange } from './schedule';

const rho: NumberParameter = {
  id: 'rho',
  label: 'ρ: how much finer the low noise levels are',
  min: 1,
  max: 15,
  step: 0.5,
  default: 7,
};

/** sigma(t) = (sigmaMax^(1/rho) + t (sigmaMin^(1/rho) - sigmaMax^(1/rho)))^rho, t from 0 to 1 (EDM, 2206.00364, eq. 5). */
export const karras: Schedule = {
  id: 'karras',
  label: 'Karras',
  paper: '2206.00364',
  parameters: [rho],
  sigmas(numSteps, range, params) {
    const power = parameterValue(rho, params);
    const start = range.sigmaMax ** (1 / power);
    const end = range.sigmaMin ** (1 / power);
    return tabulate(numSteps, range, (t) => (start + t * (end - start)) ** power);
  },
};

/**
 * Karras' levels without the last: the first numSteps of those of numSteps + 1 steps, then 0. For few
 * steps, of which none is spent where the picture is done.
 */
export const karrasOpen: Schedule = {
  id: 'karras-open',
  label: 'Karras, straight to 0',
  paper: '2206.00364',
  parameters: [rho],
  sigmas(numSteps, range, params) {
    checkSteps(numSteps, range);
    const open = karras.sigmas(numSteps + 1, range, params).slice(0, numSteps + 1);
    open[numSteps] = 0;
    return open;
  },
};

/**
 * lambda(u) = -2 ln tan(a u + b), u from 1 to 0: log-SNR of the cosine schedule (2207.12598, section 3).
 *
 * With lambda = -2 ln sigma this is sigma(u) = tan(a u + b): the angle goes down evenly. a and b
 * come from the network's own range: b = atan(exp(-lambdaMax/2)) = atan(sigmaMin), and
 * a = atan(exp(-lambdaMin/2)) - b = atan(sigmaMax) - b.
 */
export const logSnrCosine: Schedule = {
  id: 'logsnr-cosine',
  label: 'Log-SNR cosine',
  paper: '2207.12598',
  parameters: [],
  sigmas(numSteps, range) {
    const b = Math.atan(range.sigmaMin);
    const a = Math.atan(range.sigmaMax) - b;
    return tabulate(numSteps, range, (t) => Math.tan(a * (1 - t) + b));
  },
};

/** Even steps in ln sigma: every step takes the same share of the noise away (2211.01095, "uniform logSNR"). */
export const exponential: Schedule = {
  id: 'exponential',
  label: 'Exponential',
  paper: '2211.01095',
  parameters: [],
  sigmas(numSteps, range) {
    const ratio = range.sigmaMin / range.sigmaMax;
    return tabulate(numSteps, range, (t) => range.sigmaMax * ratio ** t);
  },
};

export const scheduleRegistry: readonly Schedule[] = [
  karras,
  karrasOpen,
  logSnrCosine,
  exponential,
  linspace,
  leading,
  trailing,
];

/** @throws RangeError for an unknown id. */
export function findSchedule(id: string): Schedule {
  const schedule = scheduleRegistry.find((entry) => entry.id === id);
  if (schedule === undefined) {
    const known = scheduleRegistry.map((entry) => entry.id).join(', ');
    throw new RangeError(`Schedule must be one of ${known}, got "${id}"`);
  }
  return schedule;
}

/** Samples a decreasing curve on [0, 1], with the ends exact, and appends 0. */
function tabulate(numSteps: number, range: SigmaRange, curve: (t: number) => number): Float64Array {
  checkSteps(numSteps, range);
  const sigmas = new Float64Array(numSteps + 1);
  for (let i = 1; i < numSteps - 1; i++) sigmas[i] = curve(i / (numSteps - 1));
  sigmas[numSteps - 1] = range.sigmaMin;
  sigmas[0] = range.sigmaMax;
  return sigmas;
}
