import { type NumberParameter, parameterValue } from '../parameters';
import { HeldFields, type Sampler, stepsOf } from './sampler';

const sChurn: NumberParameter = {
  id: 'sChurn',
  label: 'Churn: noise added over the run',
  min: 0,
  max: 100,
  step: 1,
  default: 0,
};
/** The other three shape the churn. */
const acts: NumberParameter['acts'] = ({ params }) => parameterValue(sChurn, params) > 0;
const sMin: NumberParameter = {
  id: 'sMin',
  label: 'Churn from sigma',
  min: 0,
  max: 10,
  step: 0.01,
  default: 0.05,
  acts,
};
const sMax: NumberParameter = {
  id: 'sMax',
  label: 'Churn up to sigma',
  min: 0,
  max: 100,
  step: 0.1,
  default: 50,
  acts,
};
const sNoise: NumberParameter = {
  id: 'sNoise',
  label: 'Churn noise inflation',
  min: 0.9,
  max: 1.1,
  step: 0.001,
  default: 1.003,
  acts,
};

/**
 * Heun's method on the probability-flow ODE, with churn (EDM, 2206.00364, Algorithm 2; the
 * defaults of sMin, sMax and sNoise are its ImageNet-64 row of Table 5).
 *
 * The trapezoidal rule with d = (x - D)/sigma, collected over x, D = D(x; sigma) and
 * D' = D(xEuler; sigma'): x' = q x + (1-q) [D + (D' - D)/(2q)], q = sigma'/sigma.
 */
export const heun: Sampler = {
  id: 'heun',
  label: 'Heun (EDM)',
  paper: '2206.00364',
  parameters: [sChurn, sMin, sMax, sNoise],
  // The last step, to 0, has no correction.
  evaluations: (numSteps) => 2 * numSteps - 1,
  firstOrder: false,
  stochastic: (params) => parameterValue(sChurn, params) > 0,
  async *sample({ fields, denoise, x: start, sigmas }, params) {
    const held = new HeldFields(fields);
    let x = held.add(start);
    try {
      const churn = parameterValue(sChurn, params) / (sigmas.length - 1);
      const low = parameterValue(sMin, params);
      const high = parameterValue(sMax, params);
      const inflation = parameterValue(sNoise, params);
      for (const { step, sigma: sigmaStart, sigmaNext } of stepsOf(sigmas)) {
        let sigma = sigmaStart;
        const churned = sigma >= low && sigma <= high ? Math.min(churn, Math.SQRT2 - 1) : 0;
        if (churned > 0) {
          sigma *= 1 + churned;
          const noise = held.add(fields.noise(step));
          const deviation = inflation * Math.sqrt(sigma ** 2 - sigmaStart ** 2);
          x = held.add(
            fields.lincomb([
              [1, x],
              [deviation, noise],
            ]),
          );
        }
        const at = { step, sigmaDown: sigmaNext };
        const denoised = held.add(await denoise(x, sigma, { ...at, stage: 0 }));
        const q = sigmaNext / sigma;
        const euler = held.add(
          fields.lincomb([
            [q, x],
            [1 - q, denoised],
          ]),
        );
        if (sigmaNext > 0) {
          const corrected = held.add(await denoise(euler, sigmaNext, { ...at, stage: 1 }));
          x = held.add(
            fields.lincomb([
              [q, x],
              [(1 - q) * (1 - 1 / (2 * q)), denoised],
              [(1 - q) / (2 * q), corrected],
            ]),
          );
        } else {
          x = euler;
        }
        held.releaseExcept(x, denoised);
        yield { step, sigma: sigmaNext, x, denoised };
      }
    } finally {
      held.releaseExcept();
    }
  },
};
