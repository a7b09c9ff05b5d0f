import { type NumberParameter, parameterValue } from '../parameters';
import { type GuidanceRule, prediction } from './rule';

const alpha: NumberParameter = {
  id: 'mamboAlpha',
  label: 'α: damping by the size of the difference',
  min: 0,
  max: 20,
  step: 0.5,
  default: 8,
};

/**
 * Magnitude-aware mitigation: cfg at s_eff = 1 + (s - 1) exp(-α ‖v_c - v_u‖/‖v_u‖), per sample, on
 * the rectified-flow velocity v = (x - (1 + sigma) D)/sigma (2508.03442).
 *
 * Where the two predictions are far apart, the guidance is held back. α = 0 is cfg.
 */
export const mamboG: GuidanceRule = {
  id: 'mambo-g',
  label: 'Magnitude-aware (MAMBO-G)',
  paper: '2508.03442',
  parameters: [alpha],
  predictions: ['cond', 'uncond'],
  usesScale: true,
  advanced: true,
  needs: ({ guidanceScale }) => (guidanceScale === 1 ? ['cond'] : ['cond', 'uncond']),
  create(fields, params) {
    const damping = parameterValue(alpha, params);
    return async (predictions, { guidanceScale, sigma }, x) => {
      const c = prediction(predictions, 'cond');
      if (guidanceScale === 1) return c;
      const u = prediction(predictions, 'uncond');
      const { inner } = await fields.gram([x, c, u]);
      const t = 1 + sigma;
      const scales = inner.map((products) => {
        const [xx, , xu, , cc, cu, , , uu] = products as unknown as readonly number[];
        // Both times sigma²: it cancels.
        const difference = t ** 2 * Math.max(0, cc! - 2 * cu! + uu!);
        const velocity = Math.max(0, xx! - 2 * t * xu! + t ** 2 * uu!);
        // Without an unconditional velocity to compare with, all of the difference is too much.
        const ratio = difference === 0 ? 0 : Math.min(1e6, Math.sqrt(difference / velocity));
        return 1 + (guidanceScale - 1) * Math.exp(-damping * ratio);
      });
      return fields.lincomb([
        [scales, c],
        [scales.map((s) => 1 - s), u],
      ]);
    };
  },
};
