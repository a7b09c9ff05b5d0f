import type { Term } from '../fields';
import { HeldFields, type Sampler, stepsOf } from './sampler';

/** What was known when x was predicted. */
interface Predicted<F> {
  /** D at the start of the step, and of the step before it where both are of one vector field. */
  readonly denoised: F;
  readonly earlier: F | undefined;
  /** sigma'/sigma of the step, and its h = -ln q in units of the step before. */
  readonly q: number;
  readonly ratio: number;
}

/**
 * UniPC-2 with B₂(h) = e^h - 1, multistep (2302.04867, algorithms 5 and 7, on denoised estimates).
 *
 * The predictor is DPM-Solver++(2M). The corrector UniC-2 goes over the step once more as soon as the
 * estimate at its end is there, which the next step needs anyway: the same number of evaluations, third
 * order. The estimate is not made again at the corrected x. Where there is no earlier estimate the
 * predictor is first order and the corrector UniC-1; where the guidance jumped, nothing is corrected
 * across the jump. The last step, to 0, ends at its estimate.
 */
export const unipc: Sampler = {
  id: 'unipc',
  label: 'UniPC-2',
  paper: '2302.04867',
  parameters: [],
  evaluations: (numSteps) => numSteps,
  firstOrder: false,
  stochastic: () => false,
  async *sample({ fields, denoise, x: start, sigmas, guidanceJumped }) {
    type F = typeof start;
    const held = new HeldFields(fields);
    let x = held.add(start);
    let last: Predicted<F> | undefined;
    try {
      for (const { step, sigma, sigmaNext } of stepsOf(sigmas)) {
        const at = { step, stage: 0, sigmaDown: sigmaNext };
        const denoised = held.add(await denoise(x, sigma, at));
        if (guidanceJumped?.(step)) last = undefined;
        if (last) x = held.add(fields.lincomb([[1, x], ...correction(last, denoised)]));
        const q = sigmaNext / sigma;
        const earlier = sigmaNext > 0 ? last?.denoised : undefined;
        const ratio = last ? Math.log(q) / Math.log(last.q) : 0;
        const terms: Term<F>[] = [
          [q, x],
          [(1 - q) * (1 + (earlier ? ratio / 2 : 0)), denoised],
        ];
        if (earlier) terms.push([((q - 1) * ratio) / 2, earlier]);
        x = held.add(fields.lincomb(terms));
        last = { denoised, earlier, q, ratio };
        held.releaseExcept(x, denoised, ...(earlier ? [earlier] : []));
        yield { step, sigma: sigmaNext, x, denoised };
      }
    } finally {
      held.releaseExcept();
    }
  },
};

/**
 * What UniC adds to the predicted x, now that the estimate at the step's end is known.
 *
 * With the distances r = -1/ratio of the earlier estimate and 1 of the new one, both in steps, the
 * weights of (D_k - D)/r_k solve ρ₁ + ρ₂ = b₁, r ρ₁ + ρ₂ = b₂, with b₁ = φ₁, b₂ = φ₂ of
 * ∫ e^(s - h) (s/h)^k ds = (1 - q) b_k (k! included). Without an earlier one ρ₂ = ½, as published.
 */
function correction<F>({ denoised, earlier, q, ratio }: Predicted<F>, ending: F): Term<F>[] {
  if (!earlier) {
    return [
      [(1 - q) / 2, ending],
      [(q - 1) / 2, denoised],
    ];
  }
  const h = -Math.log(q);
  const b1 = (1 - (1 - q) / h) / (1 - q);
  const b2 = (1 - (2 * (h - 1 + q)) / h ** 2) / (1 - q);
  const r = -1 / ratio;
  const rho1 = (b1 - b2) / (1 - r);
  const rho2 = b1 - rho1;
  // Less the predictor's ½, of (D_earlier - D)/r = ratio (D - D_earlier).
  const ofEarlier = (rho1 - 0.5) * ratio;
  return [
    [(1 - q) * (ofEarlier - rho2), denoised],
    [(q - 1) * ofEarlier, earlier],
    [(1 - q) * rho2, ending],
  ];
}
