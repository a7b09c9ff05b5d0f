import { type NumberParameter, parameterValue } from '../parameters';
import { type GuidanceRule, prediction } from './rule';

const zeroSteps: NumberParameter = {
  id: 'zeroSteps',
  label: 'First steps without velocity',
  min: 0,
  max: 5,
  step: 1,
  default: 1,
};

/**
 * CFG-Zero*: α u + s (c - α u) with α = ⟨c, u⟩/‖u‖², on the rectified-flow velocity v = eps - D
 * (2503.18886, eq. 7 and 12), and v = 0 in the first steps.
 *
 * With v = (x - (1 + sigma) D)/sigma that is D = s c + (1 - s)(α u + (1 - α) x/(1 + sigma)), and a
 * zero velocity is D = x/(1 + sigma). α makes the unconditional velocity as long as it should be
 * where the network is still unsure.
 */
export const cfgZeroStar: GuidanceRule = {
  id: 'cfg-zero-star',
  label: 'CFG-Zero*',
  paper: '2503.18886',
  parameters: [zeroSteps],
  predictions: ['cond', 'uncond'],
  usesScale: true,
  needs: ({ guidanceScale }) => (guidanceScale === 1 ? ['cond'] : ['cond', 'uncond']),
  create(fields, params) {
    const steps = parameterValue(zeroSteps, params);
    return async (predictions, { guidanceScale: s, sigma, step }, x) => {
      const c = prediction(predictions, 'cond');
      if (s === 1) return c;
      const u = prediction(predictions, 'uncond');
      if (step < steps) return fields.lincomb([[1 / (1 + sigma), x]]);
      const { inner } = await fields.gram([x, c, u]);
      const t = 1 + sigma;
      const alphas = inner.map((products) => {
        const [xx, xc, xu, , , cu, , , uu] = products as unknown as readonly number[];
        const square = xx! - 2 * t * xu! + t ** 2 * uu!; // ‖sigma v_u‖²
        const product = xx! - t * (xc! + xu!) + t ** 2 * cu!; // ⟨sigma v_c, sigma v_u⟩
        return square > 0 ? product / square : 1;
      });
      return fields.lincomb([
        [alphas.map((alpha) => ((1 - s) * (1 - alpha)) / t), x],
        [s, c],
        [alphas.map((alpha) => (1 - s) * alpha), u],
      ]);
    };
  },
};
