import { type GuidanceRule, prediction } from './rule';

/** No guidance: the conditional estimate c as it is (2207.12598, w = 0). */
export const conditional: GuidanceRule = {
  id: 'conditional',
  label: 'Conditional alone',
  paper: '2207.12598',
  parameters: [],
  predictions: ['cond'],
  usesScale: false,
  needs: () => ['cond'],
  create: () => (predictions) => prediction(predictions, 'cond'),
};
