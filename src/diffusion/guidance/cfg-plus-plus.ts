import { type NumberParameter, parameterValue } from '../parameters';
import { type GuidanceRule, prediction } from './rule';

const lambda: NumberParameter = {
  id: 'cfgppLambda',
  label: 'λ: from unconditional (0) to conditional (1)',
  min: 0,
  max: 1,
  step: 0.05,
  default: 0.6,
};

/**
 * CFG++: the estimate u + λ (c - u), put back to noise with the unconditional eps (2406.08070,
 * algorithm 2).
 *
 * An interpolation, so that the estimate stays among the data. A first-order step with it is cfg at
 * the step's own scale λ sigma/(sigma - sigmaDown), large at low noise.
 */
export const cfgPlusPlus: GuidanceRule = {
  id: 'cfg-plus-plus',
  label: 'CFG++',
  paper: '2406.08070',
  parameters: [lambda],
  predictions: ['cond', 'uncond'],
  usesScale: false,
  firstOrderOnly: true,
  needs: (_, params) => (parameterValue(lambda, params) === 0 ? ['uncond'] : ['cond', 'uncond']),
  create(fields, params) {
    const share = parameterValue(lambda, params);
    return (predictions) => {
      const u = prediction(predictions, 'uncond');
      if (share === 0) return u;
      const c = prediction(predictions, 'cond');
      const denoised = fields.lincomb([
        [share, c],
        [1 - share, u],
      ]);
      return { denoised, renoise: u };
    };
  },
};
