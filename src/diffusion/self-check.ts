import { byLabel, type Conditioning } from './conditioning';
import { gaussian } from './random';

/** What a denoiser must answer to an input that anyone can make again; written by `npm run stamp`. */
export interface SelfCheck {
  /** Row i takes the noise of seed + i. */
  readonly seed: number;
  /** One noise level a row. */
  readonly sigmas: readonly number[];
  /** One class a row; the number of classes stands for the null label. */
  readonly labels: readonly number[];
  /** The answer at `checkedPlaces`, one line of numbers a row. */
  readonly values: readonly string[];
}

/** Numbers of a picture that are compared. */
const PLACES = 64;

/** Where an answer is compared: 64 places over the whole picture, or all where it has fewer. */
export function checkedPlaces(size: number): number[] {
  const count = Math.min(PLACES, size);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * size) / count));
}

/**
 * Rows 0 … count - 1 of the check, from the first again where it has fewer.
 *
 * @param size numbers of a picture
 * @param sigmaData standard deviation of the data
 * @returns x [count, size] = sqrt(sigma² + sigmaData²) n, sigma [count] and the rows of the labels
 */
export function checkInputs(
  { seed, sigmas, labels }: Pick<SelfCheck, 'seed' | 'sigmas' | 'labels'>,
  count: number,
  size: number,
  numClasses: number,
  sigmaData = 0.5,
): { x: Float32Array; sigma: Float32Array; conditioning: Conditioning } {
  const rows = Array.from({ length: count }, (_, i) => i % sigmas.length);
  const x = new Float32Array(count * size);
  rows.forEach((row, i) => {
    const scale = Math.sqrt(sigmas[row]! ** 2 + sigmaData ** 2);
    x.set(
      gaussian(seed + row, -1, size).map((n) => scale * n),
      i * size,
    );
  });
  return {
    x,
    sigma: Float32Array.from(rows, (row) => sigmas[row]!),
    conditioning: byLabel(
      rows.map((row) => labels[row]!),
      numClasses,
    ),
  };
}

/**
 * Largest difference of an answer to `checkInputs` from the stored one; NaN where the answer has one.
 *
 * @param denoised [rows, size]
 */
export function checkDifference(
  { values }: Pick<SelfCheck, 'values'>,
  denoised: Float32Array,
  size: number,
): number {
  const expected = values.map((line) => line.split(' ').map(Number));
  const places = checkedPlaces(size);
  let largest = 0;
  for (let i = 0; i < denoised.length / size; i++) {
    const row = expected[i % expected.length]!;
    places.forEach((place, j) => {
      const apart = denoised[i * size + place]! - row[j]!;
      // Unlike a comparison, Math.max lets NaN through.
      largest = Math.max(largest, Math.abs(apart));
    });
  }
  return largest;
}

/** The check of a network that answers `denoised` [rows, size]. */
export function makeCheck(
  inputs: Omit<SelfCheck, 'values'>,
  denoised: Float32Array,
  size: number,
): SelfCheck {
  const values = inputs.sigmas.map((_, row) =>
    checkedPlaces(size)
      .map((place) => denoised[row * size + place]!.toFixed(5))
      .join(' '),
  );
  return { ...inputs, values };
}
