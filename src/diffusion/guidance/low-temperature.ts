import { type NumberParameter, parameterValue } from '../parameters';
import { type GuidanceRule, prediction } from './rule';

const noiseTemperature: NumberParameter = {
  id: 'noiseTemperature',
  label: 'Noise added by stochastic samplers',
  min: 0,
  max: 1,
  step: 0.05,
  default: 1,
  acts: ({ stochastic }) => stochastic,
};

/**
 * The score scaled by s, x + s (c - x), and less noise during the run (2207.12598, section 1).
 *
 * What truncation is for a GAN, and what the paper sets out from: it blurs, and loses diversity
 * much faster than guidance does. A negative example. A step is
 * x' - c = (1 - s (1 - sigma'/sigma)) (x - c), so it overshoots beyond bounds where
 * s (1 - sigma'/sigma) exceeds 2: large scales need many steps.
 */
export const lowTemperature: GuidanceRule = {
  id: 'low-temperature',
  label: 'Low temperature (negative example)',
  paper: '2207.12598',
  parameters: [noiseTemperature],
  predictions: ['cond'],
  usesScale: true,
  advanced: true,
  noiseScale: (params) => parameterValue(noiseTemperature, params),
  needs: () => ['cond'],
  create(fields, params) {
    parameterValue(noiseTemperature, params);
    return (predictions, { guidanceScale: s }, x) => {
      const c = prediction(predictions, 'cond');
      if (s === 1) return c;
      return fields.lincomb([
        [s, c],
        [1 - s, x],
      ]);
    };
  },
};
