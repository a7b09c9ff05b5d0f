import type { Term } from '../fields';
import { HeldFields, type Sampler, stepsOf } from './sampler';

/**
 * DPM-Solver++(2M): x' = q x + (1-q) [D + (D - DPrevious)/(2r)], q = sigma'/sigma, r = hPrevious/h
 * with h = ln(sigma/sigma') (2211.01095, Algorithm 2, in variance-exploding form).
 *
 * Exponential integrator in lambda = -ln sigma with D extrapolated linearly from the step before.
 * First order where there is no such estimate: in the first step, where the guidance jumped (the
 * old estimate belongs to another vector field), and in the last step to 0, where h is infinite.
 *
 * Starting again at a jump, against the exact piecewise ODE on the line and in the plane (`npm run
 * restarts`): worse in 64 of 120 runs with an interval, but the error is 0.93 of that without a
 * restart (geometric mean; line 0.85, plane 1.01); in 30 runs whose scale was steered, worse in 13,
 * and the error 0.69 of that without.
 */
export const dpmpp2m: Sampler = {
  id: 'dpmpp-2m',
  label: 'DPM-Solver++ 2M',
  paper: '2211.01095',
  parameters: [],
  evaluations: (numSteps) => numSteps,
  firstOrder: false,
  stochastic: () => false,
  async *sample({ fields, denoise, x: start, sigmas, guidanceJumped }) {
    const held = new HeldFields(fields);
    let x = held.add(start);
    let previous: { denoised: typeof x; h: number } | undefined;
    try {
      for (const { step, sigma, sigmaNext } of stepsOf(sigmas)) {
        const at = { step, stage: 0, sigmaDown: sigmaNext };
        const denoised = held.add(await denoise(x, sigma, at));
        if (guidanceJumped?.(step)) previous = undefined;
        const q = sigmaNext / sigma;
        const h = -Math.log(q);
        const terms: Term<typeof x>[] = [[q, x]];
        if (previous && sigmaNext > 0) {
          const slope = h / (2 * previous.h);
          terms.push([(1 - q) * (1 + slope), denoised], [(q - 1) * slope, previous.denoised]);
        } else {
          terms.push([1 - q, denoised]);
        }
        x = held.add(fields.lincomb(terms));
        held.releaseExcept(x, denoised);
        yield { step, sigma: sigmaNext, x, denoised };
        previous = { denoised, h };
      }
    } finally {
      held.releaseExcept();
    }
  },
};
