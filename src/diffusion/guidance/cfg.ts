import { type GuidanceRule, prediction } from './rule';

/**
 * Classifier-free guidance: u + s (c - u) = s c + (1 - s) u, s = 1 + w with the paper's w
 * (2207.12598, eq. 6). Written there in eps; in denoised estimates it is the same line.
 */
export const cfg: GuidanceRule = {
  id: 'cfg',
  label: 'Classifier-free guidance',
  paper: '2207.12598',
  parameters: [],
  predictions: ['cond', 'uncond'],
  usesScale: true,
  needs({ guidanceScale }) {
    if (guidanceScale === 1) return ['cond'];
    if (guidanceScale === 0) return ['uncond'];
    return ['cond', 'uncond'];
  },
  create(fields) {
    return (predictions, { guidanceScale }) => {
      if (guidanceScale === 1) return prediction(predictions, 'cond');
      if (guidanceScale === 0) return prediction(predictions, 'uncond');
      return fields.lincomb([
        [guidanceScale, prediction(predictions, 'cond')],
        [1 - guidanceScale, prediction(predictions, 'uncond')],
      ]);
    };
  },
};
