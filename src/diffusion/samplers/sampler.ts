import type { Denoise } from '../denoiser';
import type { FieldAlgebra } from '../fields';
import type { NumberParameter, Parameters } from '../parameters';

export interface SamplerRun<F> {
  readonly fields: FieldAlgebra<F>;
  readonly denoise: Denoise<F>;
  /** x at sigmas[0]. The sampler owns it from the first `next()` on. */
  readonly x: F;
  /** Noise levels, strictly decreasing; the last is usually 0. One step between each two. */
  readonly sigmas: ArrayLike<number>;
  /**
   * True if the guidance jumped between step - 1 and step. Asked only after that step's first
   * evaluation. Multistep methods then start again at first order.
   */
  readonly guidanceJumped?: (step: number) => boolean;
}

/**
 * One step done. Both fields are lent: they belong to the sampler, which may release them once the
 * iterator is advanced or closed. The consumer reads or copies them before it asks for the next
 * step and releases nothing.
 */
export interface SamplerStep<F> {
  readonly step: number;
  /** Noise level of x after the step: sigmas[step + 1]. */
  readonly sigma: number;
  readonly x: F;
  /** The estimate D(x; sigmas[step]) that the step started from. */
  readonly denoised: F;
}

export interface Sampler {
  readonly id: string;
  readonly label: string;
  /** arXiv number. */
  readonly paper: string;
  readonly parameters: readonly NumberParameter[];
  /** Denoiser evaluations of a run whose last noise level is 0. */
  evaluations(numSteps: number): number;
  /** Whether a step is x + (sigmaDown - sigma) eps plus noise, so that rules may rely on sigmaDown. */
  readonly firstOrder: boolean;
  /** Whether noise is added during the run. */
  stochastic(params: Parameters): boolean;
  /**
   * Goes from x at sigmas[0] to the last noise level, one yield a step. To cancel is to stop
   * iterating (`break` or `return()`); every field of the run is released then, as after an error
   * of the denoiser and at the end.
   *
   * @throws RangeError on the first `next()`, for sigmas that do not decrease or a bad parameter
   */
  sample<F>(run: SamplerRun<F>, params: Parameters): AsyncGenerator<SamplerStep<F>, void, void>;
}

/** x at the first noise level: sigmas[0] · n, with n the starting noise of the run's seeds. */
export function startingPoint<F>(fields: FieldAlgebra<F>, sigmas: ArrayLike<number>): F {
  const noise = fields.noise(-1);
  const x = fields.lincomb([[sigmas[0]!, noise]]);
  fields.release(noise);
  return x;
}

/** The steps between noise levels: {step, sigma, sigmaNext}. @throws RangeError unless they decrease and end at 0 or above. */
export function* stepsOf(
  sigmas: ArrayLike<number>,
): Generator<{ step: number; sigma: number; sigmaNext: number }> {
  if (sigmas.length < 2) {
    throw new RangeError(`sigmas must hold at least 2 noise levels, got ${sigmas.length}`);
  }
  for (let step = 0; step + 1 < sigmas.length; step++) {
    const sigma = sigmas[step]!;
    const sigmaNext = sigmas[step + 1]!;
    if (!(sigma < Infinity && sigma > sigmaNext && sigmaNext >= 0)) {
      throw new RangeError(
        `sigmas must decrease to 0 or above, got ${sigma} then ${sigmaNext} in step ${step}`,
      );
    }
    yield { step, sigma, sigmaNext };
  }
}

/** The fields that a run holds at the moment, so that none is lost on whichever way the run ends. */
export class HeldFields<F> {
  readonly #fields: FieldAlgebra<F>;
  readonly #held = new Set<F>();

  constructor(fields: FieldAlgebra<F>) {
    this.#fields = fields;
  }

  add(field: F): F {
    this.#held.add(field);
    return field;
  }

  /** Releases every held field but these. */
  releaseExcept(...needed: readonly F[]): void {
    for (const field of this.#held) {
      if (needed.includes(field)) continue;
      this.#held.delete(field);
      this.#fields.release(field);
    }
  }
}
