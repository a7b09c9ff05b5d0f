import type { FieldAlgebra } from '../fields';
import { type NumberParameter, type Parameters, parameterValue } from '../parameters';
import { History } from './history';
import { type Combine, type GuidanceRule, prediction } from './rule';

const latest: NumberParameter = {
  id: 'higsLatest',
  label: 'α: weight of the latest step in the average',
  min: 0.05,
  max: 1,
  step: 0.05,
  default: 0.75,
};
const parallel: NumberParameter = {
  id: 'higsParallel',
  label: 'η: share kept of the part parallel to the estimate',
  min: 0,
  max: 1,
  step: 0.05,
  default: 1,
};
const from: NumberParameter = {
  id: 'higsFrom',
  label: 'Least noise, as a share σ/(1 + σ)',
  min: 0,
  max: 0.9,
  step: 0.05,
  default: 0.3,
};
const cutoff: NumberParameter = {
  id: 'higsCutoff',
  label: 'Lowest frequency (half waves a pixel)',
  min: 0,
  max: 0.5,
  step: 0.01,
  default: 0.05,
};

/**
 * History-guided sampling: D + w(t) P(Δ⊥ + η Δ∥), Δ = D - m, split along D, in denoised estimates
 * (2509.22300, eq. 9 and algorithm 3, with the parameters of its class-conditional networks).
 *
 * D is the conditional estimate, m the moving average of those of the steps before, m ← α D + (1 - α) m
 * from 0 on; P a high-pass on cosines, since low frequencies change the colours; w(t) = (s - 1)
 * √((t - t_min)/(1 - t_min)) above t_min, with t = sigma/(1 + sigma) as the share of noise. The first
 * step is unguided. The average advances once a step, at every scale.
 */
export const higs: GuidanceRule = {
  id: 'higs',
  label: 'History-guided sampling (HiGS)',
  paper: '2509.22300',
  parameters: [latest, parallel, from, cutoff],
  predictions: ['cond'],
  usesScale: true,
  advanced: true,
  needs: () => ['cond'],
  create<F>(fields: FieldAlgebra<F>, params: Parameters) {
    const alpha = parameterValue(latest, params);
    const eta = parameterValue(parallel, params);
    const least = parameterValue(from, params);
    const lowest = parameterValue(cutoff, params);
    const history = new History(fields);

    /** Each sample's share of D in the part of Δ that is left out. */
    async function leftOut(delta: F, d: F): Promise<number[]> {
      const { inner } = await fields.gram([d, delta]);
      return inner.map((products) => (products[0] ? ((eta - 1) * products[1]!) / products[0] : 0));
    }

    const combine: Combine<F> = async (predictions, { guidanceScale: s, sigma, stage }) => {
      const d = prediction(predictions, 'cond');
      if (stage === 0) {
        history.step((before) =>
          fields.lincomb([
            [alpha, d],
            ...(before === undefined ? [] : [[1 - alpha, before] as const]),
          ]),
        );
      }
      const share = (sigma / (1 + sigma) - least) / (1 - least);
      if (s === 1 || history.before === undefined || share <= 0) return d;
      const made = [
        fields.lincomb([
          [1, d],
          [-1, history.before],
        ]),
      ];
      try {
        if (eta < 1) {
          made.unshift(
            fields.lincomb([
              [1, made[0]!],
              [await leftOut(made[0]!, d), d],
            ]),
          );
        }
        const detail = fields.highPass(made[0]!, lowest);
        made.push(detail);
        return fields.lincomb([
          [1, d],
          [(s - 1) * Math.sqrt(share), detail],
        ]);
      } finally {
        for (const field of made) fields.release(field);
      }
    };
    combine.release = () => history.release();
    return combine;
  },
};
