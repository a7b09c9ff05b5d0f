import type { FieldAlgebra, Term } from '../fields';
import {
  type NumberParameter,
  type Parameters as ParameterValues,
  parameterValue,
} from '../parameters';
import { type Combine, type GuidanceRule, prediction } from './rule';

const parallel: NumberParameter = {
  id: 'apgParallel',
  label: 'η: share kept of the part parallel to c',
  min: 0,
  max: 1,
  step: 0.05,
  default: 0,
};
const momentum: NumberParameter = {
  id: 'apgMomentum',
  label: 'β: momentum of the difference',
  min: -0.95,
  max: 0.95,
  step: 0.05,
  default: -0.5,
};
const threshold: NumberParameter = {
  id: 'apgThreshold',
  label: 'r: largest norm of the difference',
  min: 0.5,
  max: 50,
  step: 0.5,
  default: 15,
};

/**
 * Adaptive projected guidance, in denoised estimates (2410.02416, algorithm 1).
 *
 * Δ = c - u + β Δ' with Δ' the step before; Δ · min(1, r/‖Δ‖); then c + (s - 1)(Δ⊥ + η Δ∥), split
 * along c. The parallel part is what saturates. η = 1, β = 0 and a large r give cfg. The momentum
 * advances once a step, so a second evaluation of a step sees the same Δ' as the first.
 */
export const apg: GuidanceRule = {
  id: 'apg',
  label: 'Adaptive projected guidance',
  paper: '2410.02416',
  parameters: [parallel, momentum, threshold],
  predictions: ['cond', 'uncond'],
  usesScale: true,
  needs: ({ guidanceScale }) => (guidanceScale === 1 ? ['cond'] : ['cond', 'uncond']),
  create<F>(fields: FieldAlgebra<F>, params: ParameterValues) {
    const eta = parameterValue(parallel, params);
    const beta = parameterValue(momentum, params);
    const r = parameterValue(threshold, params);
    /** Δ' of the step before, and Δ of this one, which becomes it when the next begins. */
    let before: F | undefined;
    let latest: F | undefined;
    let latestStep = -1;

    const replaceBefore = (field: F | undefined) => {
      if (before !== undefined) fields.release(before);
      before = field;
    };
    const combine: Combine<F> = async (predictions, { guidanceScale: s, step, stage }) => {
      const c = prediction(predictions, 'cond');
      if (s === 1) return c;
      const u = prediction(predictions, 'uncond');
      if (step !== latestStep) {
        // Only a difference of the step just before carries momentum: an interval starts anew.
        if (latestStep === step - 1) {
          replaceBefore(latest);
        } else {
          replaceBefore(undefined);
          if (latest !== undefined) fields.release(latest);
        }
        latest = undefined;
        latestStep = step;
      }
      const difference: Term<F>[] = [
        [1, c],
        [-1, u],
      ];
      if (before !== undefined) difference.push([beta, before]);
      const delta = fields.lincomb(difference);
      const { inner } = await fields.gram([c, delta]);
      const terms = inner.map((products) => {
        const norm = Math.sqrt(products[3]!);
        const clip = norm > r ? r / norm : 1;
        const along = products[0] ? products[1]! / products[0] : 0;
        return { delta: (s - 1) * clip, c: 1 - (s - 1) * clip * (1 - eta) * along };
      });
      const guided = fields.lincomb([
        [terms.map((term) => term.c), c],
        [terms.map((term) => term.delta), delta],
      ]);
      if (beta !== 0 && stage === 0) latest = delta;
      else fields.release(delta);
      return guided;
    };
    combine.release = () => {
      replaceBefore(undefined);
      if (latest !== undefined) fields.release(latest);
      latest = undefined;
    };
    return combine;
  },
};
