import { checkSteps, type Schedule, type SigmaRange } from './schedule';

/** Timesteps of a network without its own, and of most that have them. */
const TIMESTEPS = 1000;

/** Shares of the linear and the quadratic part of ∫ β dt in DDPM's schedule, β from 0.1 to 20 (2011.13456). */
const QUADRATIC = 9.95 / 10.05;

/**
 * The noise level at timestep t, 0 … TIMESTEPS - 1, of a network that was trained on all levels of a
 * range: the curve of DDPM's linear betas, drawn from sigmaMin at t = 0 to sigmaMax at the last,
 * ln(1 + sigma²) = a + (b - a) ((1 - w) u + w u²) with u = t/(TIMESTEPS - 1).
 */
function levelAt(t: number, { sigmaMin, sigmaMax }: SigmaRange): number {
  const u = t / (TIMESTEPS - 1);
  const [a, b] = [Math.log1p(sigmaMin ** 2), Math.log1p(sigmaMax ** 2)];
  const level = Math.sqrt(Math.expm1(a + (b - a) * ((1 - QUADRATIC) * u + QUADRATIC * u ** 2)));
  // Rounding may lead out of the range.
  return Math.min(sigmaMax, Math.max(sigmaMin, level));
}

/** The level at a timestep between two of a table, interpolated in ln sigma. */
function between(levels: ArrayLike<number>, t: number): number {
  const low = Math.min(Math.floor(t), levels.length - 2);
  const [from, to] = [Math.log(levels[low]!), Math.log(levels[low + 1]!)];
  return Math.exp(from + (t - low) * (to - from));
}

/**
 * A schedule by timesteps, with the names of diffusers and of 2305.08891, table 2.
 *
 * A network of discrete time has its own noise levels, `range.levels`; timesteps are whole numbers then,
 * unless there are more steps than those. Other networks have the levels of `levelAt`, and timesteps
 * between whole ones too. One step begins at the last timestep with any spacing.
 *
 * @param spacing timestep of step i of n, i = 0 … n - 1, among T; not rounded
 */
function byTimesteps(
  about: Pick<Schedule, 'id' | 'label'>,
  spacing: (i: number, n: number, T: number, isWhole: boolean) => number,
): Schedule {
  return {
    ...about,
    paper: '2305.08891',
    parameters: [],
    sigmas(numSteps, range) {
      checkSteps(numSteps, range);
      const { levels } = range;
      const T = levels?.length ?? TIMESTEPS;
      const isWhole = levels !== undefined && numSteps <= T;
      const sigmas = new Float64Array(numSteps + 1);
      for (let i = 0; i < numSteps; i++) {
        const wanted = numSteps === 1 ? T - 1 : spacing(i, numSteps, T, isWhole);
        const t = Math.min(T - 1, Math.max(0, wanted));
        if (!levels) sigmas[i] = levelAt(t, range);
        else sigmas[i] = isWhole ? levels[Math.round(t)]! : between(levels, t);
      }
      return sigmas;
    },
  };
}

/** Timesteps evenly from T - 1 down to 0: from sigmaMax to sigmaMin. */
export const linspace = byTimesteps(
  { id: 'linspace', label: 'Timesteps, linspace' },
  (i, n, T) => (T - 1) * (1 - i / (n - 1)),
);

/**
 * Timesteps (n - 1) r, …, r, 0 with r = T/n, rounded down of whole timesteps: it begins below sigmaMax,
 * where a picture should still show through the noise and there is none, which 2305.08891 calls flawed.
 */
export const leading = byTimesteps(
  { id: 'leading', label: 'Timesteps, leading' },
  (i, n, T, isWhole) => (n - 1 - i) * (isWhole ? Math.floor(T / n) : T / n),
);

/** Timesteps T - 1, T - 1 - r, …, r - 1 with r = T/n: from sigmaMax on, and the last step begins above sigmaMin. */
export const trailing = byTimesteps(
  { id: 'trailing', label: 'Timesteps, trailing' },
  (i, n, T) => T - 1 - (i * T) / n,
);
