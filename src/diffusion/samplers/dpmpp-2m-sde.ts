import type { Term } from '../fields';
import { type NumberParameter, parameterValue } from '../parameters';
import { HeldFields, type Sampler, stepsOf } from './sampler';

const sdeEta: NumberParameter = {
  id: 'sdeEta',
  label: 'η: noise added back (0 none, as DPM-Solver++ 2M)',
  min: 0,
  max: 1,
  step: 0.05,
  default: 1,
};

/**
 * SDE-DPM-Solver++(2M), midpoint: x' = k x + (1-k) [D + (D - DPrevious)/(2r)] + sigma' sqrt(1 - q^(2η)) n,
 * k = q^(1+η), q = sigma'/sigma, r = hPrevious/h with h = ln(sigma/sigma') (2211.01095, in
 * variance-exploding form, with k-diffusion's η).
 *
 * η = 0 is DPM-Solver++(2M). First order where that is (at jumps of the guidance too: see there for the
 * measured errors), and then DDPM at η = 1.
 */
export const dpmpp2mSde: Sampler = {
  id: 'dpmpp-2m-sde',
  label: 'DPM-Solver++ 2M SDE',
  paper: '2211.01095',
  parameters: [sdeEta],
  evaluations: (numSteps) => numSteps,
  firstOrder: false,
  stochastic: (params) => parameterValue(sdeEta, params) > 0,
  async *sample({ fields, denoise, x: start, sigmas, guidanceJumped }, params) {
    const held = new HeldFields(fields);
    let x = held.add(start);
    let previous: { denoised: typeof x; h: number } | undefined;
    try {
      const eta = parameterValue(sdeEta, params);
      for (const { step, sigma, sigmaNext } of stepsOf(sigmas)) {
        const q = sigmaNext / sigma;
        const h = -Math.log(q);
        const k = q * q ** eta;
        const at = { step, stage: 0, sigmaDown: k * sigma };
        const denoised = held.add(await denoise(x, sigma, at));
        if (guidanceJumped?.(step)) previous = undefined;
        const terms: Term<typeof x>[] = [[k, x]];
        if (previous && sigmaNext > 0) {
          const slope = h / (2 * previous.h);
          terms.push([(1 - k) * (1 + slope), denoised], [(k - 1) * slope, previous.denoised]);
        } else {
          terms.push([1 - k, denoised]);
        }
        const sigmaUp = sigmaNext * Math.sqrt(1 - q ** (2 * eta));
        if (sigmaUp > 0) terms.push([sigmaUp, held.add(fields.noise(step))]);
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
