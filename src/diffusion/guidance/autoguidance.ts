import { type GuidanceRule, prediction } from './rule';

/**
 * Autoguidance: weak + s (c - weak), the weak network given the same class (2406.02507, eq. 4).
 *
 * Away from what a less trained network believes, and not away from other classes. In the space of
 * denoised estimates; the difference is the same line in eps.
 */
export const autoguidance: GuidanceRule = {
  id: 'autoguidance',
  label: 'Autoguidance',
  paper: '2406.02507',
  parameters: [],
  predictions: ['cond', 'weak'],
  usesScale: true,
  needs({ guidanceScale }) {
    if (guidanceScale === 1) return ['cond'];
    if (guidanceScale === 0) return ['weak'];
    return ['cond', 'weak'];
  },
  create(fields) {
    return (predictions, { guidanceScale }) => {
      if (guidanceScale === 1) return prediction(predictions, 'cond');
      if (guidanceScale === 0) return prediction(predictions, 'weak');
      return fields.lincomb([
        [guidanceScale, prediction(predictions, 'cond')],
        [1 - guidanceScale, prediction(predictions, 'weak')],
      ]);
    };
  },
};
