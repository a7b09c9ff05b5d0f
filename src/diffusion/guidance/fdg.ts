import type { Term } from '../fields';
import { type NumberParameter, parameterValue } from '../parameters';
import { type GuidanceRule, prediction } from './rule';

const LEVELS = 3;

const low: NumberParameter = {
  id: 'fdgLow',
  label: 'Share of the guidance for coarse structure',
  min: 0,
  max: 2,
  step: 0.05,
  default: 0.45,
};
const high: NumberParameter = { ...low, id: 'fdgHigh', label: 'Share for fine detail', default: 1 };

/**
 * Frequency-decoupled guidance: c + (s - 1) Σ w_l band_l(c - u), a weight for each level of the
 * Laplacian pyramid, in denoised estimates (2506.19713).
 *
 * Guidance of the low frequencies costs diversity and saturates, that of the high ones sharpens.
 * Three levels, with w linear from the finest (high) to the coarsest (low); both 1 is cfg. The
 * defaults have the ratio of the paper's scales for SDXL, 5 and 10.
 */
export const fdg: GuidanceRule = {
  id: 'fdg',
  label: 'Frequency-decoupled guidance (FDG)',
  paper: '2506.19713',
  parameters: [low, high],
  predictions: ['cond', 'uncond'],
  usesScale: true,
  advanced: true,
  needs: ({ guidanceScale }) => (guidanceScale === 1 ? ['cond'] : ['cond', 'uncond']),
  create(fields, params) {
    const coarsest = parameterValue(low, params);
    const finest = parameterValue(high, params);
    return (predictions, { guidanceScale: s }) => {
      const c = prediction(predictions, 'cond');
      if (s === 1) return c;
      const u = prediction(predictions, 'uncond');
      const difference = fields.lincomb([
        [1, c],
        [-1, u],
      ]);
      const made = [difference];
      try {
        const bands = fields.bands(difference, LEVELS);
        made.push(...bands);
        const terms = bands.map((band, level): Term<typeof band> => {
          const weight = finest + (level / (LEVELS - 1)) * (coarsest - finest);
          return [(s - 1) * weight, band];
        });
        return fields.lincomb([[1, c], ...terms]);
      } finally {
        for (const field of made) fields.release(field);
      }
    };
  },
};
