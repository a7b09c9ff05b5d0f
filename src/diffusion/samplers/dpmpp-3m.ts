import type { Term } from '../fields';
import { HeldFields, type Sampler, stepsOf } from './sampler';

/** An estimate with lambda = -ln sigma, where it was made. */
interface Estimate<F> {
  readonly denoised: F;
  readonly lambda: number;
}

/**
 * DPM-Solver++(3M): the exponential integrator of DPM-Solver++(2M) with D extrapolated by the parabola
 * through the last three estimates (2211.01095, in variance-exploding form).
 *
 * x' = q x + ∫ e^(s - h) D(s) ds over s in [0, h], q = sigma'/sigma, h = -ln q, D(s) the parabola in
 * lambda = -ln sigma; exactly integrated. Public code halves the weight of the parabola's bend, which
 * leaves it at second order. As DPM-Solver++(2M) while there are two estimates, first order with one: in
 * the first step, where the guidance jumped, and in the last step to 0.
 */
export const dpmpp3m: Sampler = {
  id: 'dpmpp-3m',
  label: 'DPM-Solver++ 3M',
  paper: '2211.01095',
  parameters: [],
  evaluations: (numSteps) => numSteps,
  firstOrder: false,
  stochastic: () => false,
  async *sample({ fields, denoise, x: start, sigmas, guidanceJumped }) {
    type F = typeof start;
    const held = new HeldFields(fields);
    let x = held.add(start);
    /** The newest first, of the same vector field. */
    let before: readonly Estimate<F>[] = [];
    try {
      for (const { step, sigma, sigmaNext } of stepsOf(sigmas)) {
        const at = { step, stage: 0, sigmaDown: sigmaNext };
        const denoised = held.add(await denoise(x, sigma, at));
        if (guidanceJumped?.(step)) before = [];
        const newest = { denoised, lambda: -Math.log(sigma) };
        const known = sigmaNext > 0 ? [newest, ...before] : [newest];
        const terms: Term<F>[] = [[sigmaNext / sigma, x], ...weighted(known, sigma, sigmaNext)];
        x = held.add(fields.lincomb(terms));
        before = [newest, ...before].slice(0, 2);
        held.releaseExcept(x, ...before.map((estimate) => estimate.denoised));
        yield { step, sigma: sigmaNext, x, denoised };
      }
    } finally {
      held.releaseExcept();
    }
  },
};

/** The integral of the polynomial through up to three estimates, as a sum over them. */
function weighted<F>(known: readonly Estimate<F>[], sigma: number, sigmaNext: number): Term<F>[] {
  const q = sigmaNext / sigma;
  const [first, second, third] = known;
  if (!second) return [[1 - q, first!.denoised]];
  const h = -Math.log(q);
  // Distances of the estimates, in steps.
  const r0 = (first!.lambda - second.lambda) / h;
  if (!third) {
    const slope = (1 - q) / (2 * r0);
    return [
      [1 - q + slope, first!.denoised],
      [-slope, second.denoised],
    ];
  }
  const r1 = (second.lambda - third.lambda) / h;
  // ∫ e^(s - h) u ds and ∫ e^(s - h) u² ds with u = s/h.
  const linear = 1 - (1 - q) / h;
  const square = 1 - (2 * (h - 1 + q)) / h ** 2;
  // D(u) = D0 + d0 u + (d0 - d1) u (u + r0)/(r0 + r1), d0 = (D0 - D1)/r0, d1 = (D1 - D2)/r1.
  const bend = (square + r0 * linear) / (r0 + r1);
  const newer = (linear + bend) / r0;
  const older = bend / r1;
  return [
    [1 - q + newer, first!.denoised],
    [-newer - older, second.denoised],
    [older, third.denoised],
  ];
}
