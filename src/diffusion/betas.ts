/** The variances β_t of T timesteps; ᾱ_t = Π (1 - β_i) up to i = t. */
export type Betas =
  /**
   * `linear`: equal distances from `start` to `end` (2006.11239: 0.0001, 0.02); `scaled-linear`: their
   * square roots at equal distances (2112.10752: 0.00085, 0.012); `sigmoid`: between them along a
   * sigmoid from -6 to 6 (2203.02923).
   */
  | {
      readonly kind: 'linear' | 'scaled-linear' | 'sigmoid';
      readonly start: number;
      readonly end: number;
      readonly steps: number;
    }
  /**
   * ᾱ itself along a curve, β at most 0.999. `cosine`: its square (2102.09672); `sigmoid-alphas`: a
   * sigmoid from 3 to -3 (2212.11972).
   */
  | { readonly kind: 'cosine' | 'sigmoid-alphas'; readonly steps: number }
  /** One by one, at least two. */
  | { readonly kind: 'list'; readonly betas: readonly number[] };

/** Number of timesteps T. */
export function numTimesteps(betas: Betas): number {
  return betas.kind === 'list' ? betas.betas.length : betas.steps;
}

/** sigma_t = sqrt((1 - ᾱ_t) / ᾱ_t), t = 0 … T - 1, increasing. @throws RangeError */
export function sigmaTable(betas: Betas): Float64Array {
  const steps = numTimesteps(betas);
  if (!(Number.isInteger(steps) && steps >= 2)) {
    throw new RangeError(`betas.steps must be a whole number of at least 2, got ${steps}`);
  }
  const beta = betaOf(betas);
  const sigmas = new Float64Array(steps);
  let alphaBar = 1;
  for (let t = 0; t < steps; t++) {
    const value = beta(t);
    if (!(value > 0 && value < 1)) {
      throw new RangeError(
        `betas (${betas.kind}): must lie within (0, 1), got ${value} at t = ${t}`,
      );
    }
    alphaBar *= 1 - value;
    sigmas[t] = Math.sqrt((1 - alphaBar) / alphaBar);
  }
  return sigmas;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function betaOf(betas: Betas): (t: number) => number {
  switch (betas.kind) {
    case 'linear': {
      const { start, end, steps } = betas;
      return (t) => start + ((end - start) * t) / (steps - 1);
    }
    case 'scaled-linear': {
      const [start, end] = [Math.sqrt(betas.start), Math.sqrt(betas.end)];
      return (t) => (start + ((end - start) * t) / (betas.steps - 1)) ** 2;
    }
    case 'sigmoid': {
      const { start, end, steps } = betas;
      return (t) => start + (end - start) * sigmoid((12 * t) / (steps - 1) - 6);
    }
    case 'cosine':
      return alongCurve(betas.steps, (u) => Math.cos((((u + 0.008) / 1.008) * Math.PI) / 2) ** 2);
    case 'sigmoid-alphas':
      return alongCurve(
        betas.steps,
        (u) => (sigmoid(3) - sigmoid(6 * u - 3)) / (sigmoid(3) - sigmoid(-3)),
      );
    case 'list':
      return (t) => betas.betas[t]!;
    default:
      return betas satisfies never;
  }
}

function alongCurve(steps: number, alphaBar: (u: number) => number): (t: number) => number {
  return (t) => Math.min(1 - alphaBar((t + 1) / steps) / alphaBar(t / steps), 0.999);
}

/**
 * The timestep of a noise level: log sigma, half the negative log-SNR, is interpolated linearly
 * between timesteps, and a sigma beyond the table takes the nearest end.
 */
export function timestepOf(sigma: number, table: Float64Array): number {
  const last = table.length - 1;
  if (!(sigma > table[0]!)) return 0;
  if (sigma >= table[last]!) return last;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table[middle]! <= sigma) low = middle;
    else high = middle;
  }
  const from = Math.log(table[low]!);
  return low + (Math.log(sigma) - from) / (Math.log(table[high]!) - from);
}
