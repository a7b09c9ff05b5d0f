import { type GuidanceRule, prediction } from './rule';

/**
 * Guidance in one pass: a student network that takes the scale as an input and was distilled from
 * classifier-free guidance (2210.03142). At scale 1 and 0 the network itself needs no more.
 */
export const distilled: GuidanceRule = {
  id: 'distilled',
  label: 'Distilled',
  paper: '2210.03142',
  parameters: [],
  predictions: ['distilled', 'cond', 'uncond'],
  usesScale: true,
  needs: ({ guidanceScale }) => [networkAt(guidanceScale)],
  create:
    () =>
    (predictions, { guidanceScale }) =>
      prediction(predictions, networkAt(guidanceScale)),
};

function networkAt(guidanceScale: number): 'cond' | 'uncond' | 'distilled' {
  if (guidanceScale === 1) return 'cond';
  return guidanceScale === 0 ? 'uncond' : 'distilled';
}

/**
 * Guidance and few steps: a student whose every step is as long as several of its teacher's
 * (progressive distillation, 2202.00512). Other steps than those that it learnt are worse.
 */
export const fast: GuidanceRule = {
  id: 'fast',
  label: 'Distilled, few steps',
  paper: '2202.00512',
  parameters: [],
  predictions: ['fast'],
  usesScale: true,
  madeFor: { numSteps: 2, sampler: 'ddim', schedule: 'karras-open' },
  needs: () => ['fast'],
  create: () => (predictions) => prediction(predictions, 'fast'),
};
