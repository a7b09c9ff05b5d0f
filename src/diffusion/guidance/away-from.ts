import { type Compared, type GuidanceRule, prediction } from './rule';

/**
 * A rule that leads from a worse estimate w through the conditional one, w + s (c - w): in the space of
 * denoised estimates; the difference is the same line in eps.
 */
export function awayFrom(
  worse: Compared,
  about: Pick<GuidanceRule, 'id' | 'label' | 'paper' | 'advanced'>,
): GuidanceRule {
  return {
    ...about,
    parameters: [],
    predictions: ['cond', worse],
    usesScale: true,
    needs({ guidanceScale }) {
      if (guidanceScale === 1) return ['cond'];
      if (guidanceScale === 0) return [worse];
      return ['cond', worse];
    },
    create(fields) {
      return (predictions, { guidanceScale }) => {
        if (guidanceScale === 1) return prediction(predictions, 'cond');
        if (guidanceScale === 0) return prediction(predictions, worse);
        return fields.lincomb([
          [guidanceScale, prediction(predictions, 'cond')],
          [1 - guidanceScale, prediction(predictions, worse)],
        ]);
      };
    },
  };
}
