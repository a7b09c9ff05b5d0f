/** Where in a run a denoiser is being evaluated. */
export interface EvaluationPoint {
  /** Index of the step, 0 … numSteps - 1. */
  readonly step: number;
  /** Index of the evaluation inside the step: 0, or 1 for the second evaluation of a second-order step. */
  readonly stage: number;
  /** Noise level that this step goes down to (before any noise is added back); 0 in the last step. */
  readonly sigmaDown: number;
}

/** D(x; sigma) ≈ E[x0 | x], x = x0 + sigma · n. The result is a new field that the caller owns. */
export type Denoise<F> = (x: F, sigma: number, at: EvaluationPoint) => F | Promise<F>;
