import type { FieldAlgebra } from '../fields';
import { type NumberParameter, type Parameters, parameterValue } from '../parameters';
import { type Combine, type GuidanceRule, prediction } from './rule';

const decay: NumberParameter = {
  id: 'historyDecay',
  label: 'β: how long earlier steps are remembered',
  min: 0,
  max: 0.95,
  step: 0.05,
  default: 0.5,
};
const space: NumberParameter = {
  id: 'historySpace',
  label: 'Average of',
  min: 0,
  max: 1,
  step: 1,
  default: 0,
  choices: [
    { value: 0, label: 'velocities (momentum guidance)' },
    { value: 1, label: 'estimates (HiGS)' },
  ],
};

/**
 * Momentum guidance: v + (s - 1)(v - m), m the exponential moving average of the velocities of the
 * steps before, m ← β m + (1 - β) v, and v itself in the first step (2602.20360, algorithm 1). v is the
 * rectified-flow velocity of the conditional estimate, (x - (1 + sigma) D)/sigma.
 *
 * The average lags behind as a weaker network would: away from it, without another evaluation. With
 * estimates in place of velocities it is HiGS, D + (s - 1)(D - m) (2509.22300), without its projection
 * and its high-pass filter. The average advances once a step, at every scale.
 */
export const momentum: GuidanceRule = {
  id: 'momentum',
  label: 'Momentum guidance',
  paper: '2602.20360',
  parameters: [decay, space],
  predictions: ['cond'],
  usesScale: true,
  needs: () => ['cond'],
  create<F>(fields: FieldAlgebra<F>, params: Parameters) {
    const beta = parameterValue(decay, params);
    const ofVelocities = parameterValue(space, params) === 0;
    /** m of this step, and of the next. */
    let mean: F | undefined;
    let next: F | undefined;

    const releaseMean = () => {
      if (mean !== undefined) fields.release(mean);
      mean = undefined;
    };
    const combine: Combine<F> = (predictions, { guidanceScale: s, sigma, stage }, x) => {
      const c = prediction(predictions, 'cond');
      if (stage === 0) {
        if (next !== undefined) {
          releaseMean();
          mean = next;
        }
        const kept = mean === undefined ? 0 : beta;
        next = fields.lincomb([
          ...(ofVelocities
            ? ([
                [(1 - kept) / sigma, x],
                [-((1 - kept) * (1 + sigma)) / sigma, c],
              ] as const)
            : ([[1 - kept, c]] as const)),
          ...(mean === undefined ? [] : [[kept, mean] as const]),
        ]);
      }
      if (s === 1 || mean === undefined) return c;
      const w = s - 1;
      if (!ofVelocities) {
        return fields.lincomb([
          [1 + w, c],
          [-w, mean],
        ]);
      }
      return fields.lincomb([
        [1 + w, c],
        [-w / (1 + sigma), x],
        [(w * sigma) / (1 + sigma), mean],
      ]);
    };
    combine.release = () => {
      releaseMean();
      if (next !== undefined) fields.release(next);
      next = undefined;
    };
    return combine;
  },
};
