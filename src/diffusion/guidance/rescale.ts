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
 * Rescaled guidance: g = cfg, then φ g std(c)/std(g) + (1 - φ) g (2305.08891, eq. 15 and 16).
 *
 * Guidance makes eps larger than the network's own, which saturates; this gives it back the
 * standard deviation of the conditional one. In eps, as published on the network's output. With
 * eps = (x - D)/sigma and k the factor, that is D = x - k (x - g).
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
    return async (predictions, { guidanceScale: s }, x) => {
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
      const factors = inner.map((_, b) => {
        const guided = variance(b, [1, -s, s - 1]);
        if (guided === 0) return 1;
        return share * Math.sqrt(variance(b, [1, -1, 0]) / guided) + 1 - share;
      });
      return fields.lincomb([
        [factors.map((k) => 1 - k), x],
        [factors.map((k) => k * s), c],
        [factors.map((k) => k * (1 - s)), u],
      ]);
    };
  },
};
