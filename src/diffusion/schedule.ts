import type { NumberParameter, Parameters } from './parameters';

/** The noise levels that a network was trained on, 0 < sigmaMin < sigmaMax. */
export interface SigmaRange {
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** Of a network of discrete time: the level of each of its timesteps, increasing. */
  readonly levels?: ArrayLike<number> | undefined;
}

export interface Schedule {
  readonly id: string;
  readonly label: string;
  /** arXiv number. */
  readonly paper: string;
  readonly parameters: readonly NumberParameter[];
  /**
   * numSteps + 1 noise levels, from sigmaMax down to sigmaMin unless the schedule says otherwise, then
   * 0; one step is [sigmaMax, 0].
   *
   * @throws RangeError for a numSteps below 1, a bad range or parameter
   */
  sigmas(numSteps: number, range: SigmaRange, params: Parameters): Float64Array;
}

/** @throws RangeError for a numSteps that is no positive integer, or a bad range */
export function checkSteps(numSteps: number, { sigmaMin, sigmaMax }: SigmaRange): void {
  if (!Number.isInteger(numSteps) || numSteps < 1) {
    throw new RangeError(`numSteps must be a positive integer, got ${numSteps}`);
  }
  if (!(sigmaMin > 0 && sigmaMin < sigmaMax && sigmaMax < Infinity)) {
    throw new RangeError(
      `The sigma range must satisfy 0 < sigmaMin < sigmaMax, got ${sigmaMin} and ${sigmaMax}`,
    );
  }
}
