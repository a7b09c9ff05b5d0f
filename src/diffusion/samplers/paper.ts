import type { Term } from '../fields';
import { type NumberParameter, parameterValue } from '../parameters';
import { HeldFields, type Sampler, stepsOf } from './sampler';

const v: NumberParameter = {
  id: 'v',
  label: 'v: between the smallest and largest noise',
  min: 0,
  max: 1,
  step: 0.05,
  default: 0.3,
};

/**
 * The CFG paper's sampler: x' = r x + (1 - r) D + s n, r = sigma'²/sigma² (2207.12598, Algorithm 2).
 *
 * The noise's variance lies between its bounds, geometrically:
 * s² = [(1-r) sigma'²]^(1-v) · [(1-r) sigma² (1+sigma'²)/(1+sigma²)]^v. The paper writes z = alpha x
 * with alpha² = 1/(1+sigma²); dividing its mean and standard deviation by alpha' gives the above.
 */
export const paper: Sampler = {
  id: 'paper',
  label: 'CFG paper (Algorithm 2)',
  paper: '2207.12598',
  parameters: [v],
  evaluations: (numSteps) => numSteps,
  firstOrder: true,
  stochastic: () => true,
  async *sample({ fields, denoise, x: start, sigmas }, params) {
    const held = new HeldFields(fields);
    let x = held.add(start);
    try {
      const mix = parameterValue(v, params);
      for (const { step, sigma, sigmaNext } of stepsOf(sigmas)) {
        const r = (sigmaNext / sigma) ** 2;
        const sigmaDown = r * sigma;
        const denoised = held.add(await denoise(x, sigma, { step, stage: 0, sigmaDown }));
        const terms: Term<typeof x>[] = [
          [r, x],
          [1 - r, denoised],
        ];
        // The last step, to 0, returns the estimate.
        if (sigmaNext > 0) {
          const low = (1 - r) * sigmaNext ** 2;
          const high = ((1 - r) * sigma ** 2 * (1 + sigmaNext ** 2)) / (1 + sigma ** 2);
          const deviation = Math.sqrt(low ** (1 - mix) * high ** mix);
          terms.push([deviation, held.add(fields.noise(step))]);
        }
        x = held.add(fields.lincomb(terms));
        held.releaseExcept(x, denoised);
        yield { step, sigma: sigmaNext, x, denoised };
      }
    } finally {
      held.releaseExcept();
    }
  },
};
