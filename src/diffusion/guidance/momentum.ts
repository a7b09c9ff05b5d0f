import type { FieldAlgebra } from '../fields';
import { type NumberParameter, type Parameters, parameterValue } from '../parameters';
import { History } from './history';
import { type Combine, type GuidanceRule, prediction } from './rule';

const decay: NumberParameter = {
  id: 'historyDecay',
  label: 'β: how long earlier steps are remembered',
  min: 0,
  max: 0.95,
  step: 0.05,
  default: 0.5,
};

/**
 * Momentum guidance: v + (s - 1)(v - m), m the exponential moving average of the velocities of the
 * steps before, m ← β m + (1 - β) v, and v itself in the first step (2602.20360, algorithm 1). v is the
 * rectified-flow velocity of the conditional estimate, (x - (1 + sigma) D)/sigma.
 *
 * The average lags behind as a weaker network would: away from it, without another evaluation. It
 * advances once a step, at every scale.
 */
export const momentum: GuidanceRule = {
  id: 'momentum',
  label: 'Momentum guidance',
  paper: '2602.20360',
  parameters: [decay],
  predictions: ['cond'],
  usesScale: true,
  needs: () => ['cond'],
  create<F>(fields: FieldAlgebra<F>, params: Parameters) {
    const beta = parameterValue(decay, params);
    const history = new History(fields);
    const combine: Combine<F> = (predictions, { guidanceScale: s, sigma, stage }, x) => {
      const c = prediction(predictions, 'cond');
      if (stage === 0) {
        history.step((before) => {
          const kept = before === undefined ? 0 : beta;
          return fields.lincomb([
            [(1 - kept) / sigma, x],
            [-((1 - kept) * (1 + sigma)) / sigma, c],
            ...(before === undefined ? [] : [[kept, before] as const]),
          ]);
        });
      }
      if (s === 1 || history.before === undefined) return c;
      const w = s - 1;
      return fields.lincomb([
        [1 + w, c],
        [-w / (1 + sigma), x],
        [(w * sigma) / (1 + sigma), history.before],
      ]);
    };
    combine.release = () => history.release();
    return combine;
  },
};
