import { type NumberParameter, parameterValue } from '../parameters';
import { type GuidanceRule, prediction } from './rule';

const alpha: NumberParameter = {
  id: 'mamboAlpha',
  label: 'α: damping by the size of the difference',
  min: 0,
  max: 20,
  step: 0.5,
  default: 4,
};

/**
 * Magnitude-aware mitigation: cfg at s_eff = 1 + (s - 1) exp(-α ‖c - u‖/‖u‖), per sample (2508.03442).
 *
 * Where the two estimates are far apart, early in a run, the guidance is held back. In denoised
 * estimates; α = 0 is cfg.
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
    return async (predictions, { guidanceScale }) => {
      const c = prediction(predictions, 'cond');
      if (guidanceScale === 1) return c;
      const u = prediction(predictions, 'uncond');
      const { inner } = await fields.gram([c, u]);
      const scales = inner.map((products) => {
        const [cc, cu, , uu] = products as unknown as readonly number[];
        const difference = Math.max(0, cc! - 2 * cu! + uu!);
        // Without an unconditional estimate to compare with, all of the difference is too much.
        const ratio = difference === 0 ? 0 : Math.min(1e6, Math.sqrt(difference / uu!));
        return 1 + (guidanceScale - 1) * Math.exp(-damping * ratio);
      });
      return fields.lincomb([
        [scales, c],
        [scales.map((s) => 1 - s), u],
      ]);
    };
  },
};
