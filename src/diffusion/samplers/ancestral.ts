import type { Term } from '../fields';
import { type NumberParameter, parameterValue } from '../parameters';
import { HeldFields, type Sampler, stepsOf } from './sampler';

/**
 * x' = D + (sigmaDown/sigma) (x - D) + sigmaUp n, with
 * sigmaUp = eta · (sigma'/sigma) sqrt(sigma² - sigma'²) and sigmaDown² = sigma'² - sigmaUp²
 * (DDIM, 2010.02502, eq. 16, in variance-exploding form).
 *
 * eta = 0 is Euler's method on the probability-flow ODE; eta = 1 is DDPM's posterior, Euler
 * ancestral, and the CFG paper's sampler at v = 0 (there sigmaDown = sigma'²/sigma).
 */
function ancestral(preset: { id: string; label: string; paper: string; eta: number }): Sampler {
  const { id, label, paper } = preset;
  const eta: NumberParameter = {
    id: 'eta',
    label: 'η: noise added back (0 none, 1 as DDPM)',
    min: 0,
    max: 1,
    step: 0.05,
    default: preset.eta,
  };
  return {
    id,
    label,
    paper,
    parameters: [eta],
    evaluations: (numSteps) => numSteps,
    firstOrder: true,
    stochastic: (params) => parameterValue(eta, params) > 0,
    async *sample({ fields, denoise, x: start, sigmas }, params) {
      const held = new HeldFields(fields);
      let x = held.add(start);
      try {
        const strength = parameterValue(eta, params);
        for (const { step, sigma, sigmaNext } of stepsOf(sigmas)) {
          const sigmaUp = strength * (sigmaNext / sigma) * Math.sqrt(sigma ** 2 - sigmaNext ** 2);
          const sigmaDown = Math.sqrt(sigmaNext ** 2 - sigmaUp ** 2);
          const denoised = held.add(await denoise(x, sigma, { step, stage: 0, sigmaDown }));
          const ratio = sigmaDown / sigma;
          const terms: Term<typeof x>[] = [
            [ratio, x],
            [1 - ratio, denoised],
          ];
          if (sigmaUp > 0) terms.push([sigmaUp, held.add(fields.noise(step))]);
          x = held.add(fields.lincomb(terms));
          held.releaseExcept(x, denoised);
          yield { step, sigma: sigmaNext, x, denoised };
        }
      } finally {
        held.releaseExcept();
      }
    },
  };
}

export const ddim = ancestral({ id: 'ddim', label: 'DDIM / Euler', paper: '2010.02502', eta: 0 });

export const ddpm = ancestral({
  id: 'ddpm',
  label: 'DDPM / Euler ancestral',
  paper: '2006.11239',
  eta: 1,
});
