import { type NumberParameter, type Parameters, parameterValue } from '../parameters';
import { type GuidanceRule, prediction } from './rule';

const classifierSize: NumberParameter = {
  id: 'classifierSize',
  label: 'Classifier',
  min: 0,
  max: 1,
  step: 1,
  default: 0,
  choices: [
    { value: 0, label: 'larger network' },
    { value: 1, label: 'smaller network' },
  ],
};

/**
 * Classifier guidance: D + (s - 1) sigma² grad_x log p(class | x, sigma) (2105.05233, eq. 14).
 *
 * s - 1 is the classifierScale of the papers, 0 = off. By Bayes' rule the unconditional base at
 * classifierScale w + 1 is the conditional one at w, with a perfect classifier.
 */
function classifierGuidance(preset: {
  id: string;
  label: string;
  base: 'cond' | 'uncond';
}): GuidanceRule {
  const { id, label, base } = preset;
  const network = (params: Parameters) =>
    parameterValue(classifierSize, params) === 0 ? 'classifier' : 'smallClassifier';
  return {
    id,
    label,
    paper: '2105.05233',
    parameters: [classifierSize],
    predictions: [base, 'classifier', 'smallClassifier'],
    usesScale: true,
    scaleKind: 'classifier',
    needs: ({ guidanceScale }, params) => (guidanceScale === 1 ? [base] : [base, network(params)]),
    create(fields, params) {
      const name = network(params);
      return (predictions, { guidanceScale, sigma }) => {
        const denoised = prediction(predictions, base);
        if (guidanceScale === 1) return denoised;
        return fields.lincomb([
          [1, denoised],
          [(guidanceScale - 1) * sigma ** 2, prediction(predictions, name)],
        ]);
      };
    },
  };
}

export const classifier = classifierGuidance({
  id: 'classifier',
  label: 'Classifier guidance',
  base: 'uncond',
});

export const classifierConditional = classifierGuidance({
  id: 'classifier-conditional',
  label: 'Classifier guidance of the conditional network',
  base: 'cond',
});
