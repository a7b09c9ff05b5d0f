import { type NumberParameter, parameterValue } from '../parameters';
import { type GuidanceRule, prediction } from './rule';

const phi: NumberParameter = {
  id: 'rescalePhi',
  label: 'φ: share of the rescaled estimate',
  min: 0,
  max: 1,
  step: 0.05,
  default: 0.7,
};

/**
 * Rescaled guidance: v = k v_g with g = cfg and k = φ std(v_c)/std(v_g) + 1 - φ, each std over the
 * pixels of a sample (2305.08891, eq. 15 and 16), on the output of the paper's network, which
 * predicts v.
 *
 * In variance-exploding form v points along x - (1 + sigma²) D, so D = k g + (1 - k) x/(1 + sigma²).
 * Guidance widens v, which saturates; this gives it back the spread of the conditional one. The same
 * in eps would do nothing: where there is noise, std(eps_c)/std(eps_g) is 1.000.
 */
export const rescale: GuidanceRule = {
  id: 'rescale',
  label: 'Rescaled guidance',
  paper: '2305.08891',
  parameters: [phi],
  predictions: ['cond', 'uncond'],
  usesScale: true,
  needs: ({ guidanceScale }) => (guidanceScale === 1 ? ['cond'] : ['cond', 'uncond']),
  create(fields, params) {
    const share = parameterValue(phi, params);
    return async (predictions, { guidanceScale: s, sigma }, x) => {
      const c = prediction(predictions, 'cond');
      if (s === 1) return c;
      const u = prediction(predictions, 'uncond');
      const { inner, mean, size } = await fields.gram([x, c, u]);
      // Variance of a·(x, c, u) over the pixels of a sample.
      const variance = (b: number, a: readonly number[]) => {
        let square = 0;
        let average = 0;
        for (let i = 0; i < 3; i++) {
          average += a[i]! * mean[b]![i]!;
          for (let j = 0; j < 3; j++) square += a[i]! * a[j]! * inner[b]![i * 3 + j]!;
        }
        return Math.max(0, square / size - average ** 2);
      };
      const t = 1 + sigma ** 2;
      const factors = inner.map((_, b) => {
        const guided = variance(b, [1, -t * s, t * (s - 1)]);
        if (guided === 0) return 1;
        return share * Math.sqrt(variance(b, [1, -t, 0]) / guided) + 1 - share;
      });
      return fields.lincomb([
        [factors.map((k) => (1 - k) / t), x],
        [factors.map((k) => k * s), c],
        [factors.map((k) => k * (1 - s)), u],
      ]);
    };
  },
};
