import { type GuidanceRule, prediction } from './rule';

/** No condition: the unconditional estimate u as it is (2207.12598, w = -1). */
export const unconditional: GuidanceRule = {
  id: 'unconditional',
  label: 'Unconditional alone',
  paper: '2207.12598',
  parameters: [],
  predictions: ['uncond'],
  usesScale: false,
  needs: () => ['uncond'],
  create: () => (predictions) => prediction(predictions, 'uncond'),
};
