import { byLabel, type Conditioning, type ConditioningRows, joined } from './conditioning';
import { gaussian } from './random';

/** What a denoiser must answer to an input that anyone can make again; written by `npm run stamp`. */
export interface SelfCheck {
  /** Row i takes the noise of seed + i. */
  readonly seed: number;
  /** One noise level a row. */
  readonly sigmas: readonly number[];
  /** One class a row; the number of classes stands for the null label. Of a prompt, its tokens. */
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

/** What of a network decides the inputs that it is checked with. */
export interface CheckedNetwork {
  /** [channels, height, width]. */
  readonly shape: readonly [number, number, number];
  readonly classes: readonly string[];
  /** `data`: standard deviation of the data. */
  readonly sigma: { readonly data?: number | undefined };
  /** Its inputs beside x and sigma. Absent: `label`. */
  readonly conditioning?: readonly string[] | undefined;
  readonly prompts?: { readonly tokens: number; readonly width: number } | undefined;
}

/**
 * Rows 0 … count - 1 of the check, from the first again where it has fewer.
 *
 * @returns x [count, size] = sqrt(sigma² + data²) n, sigma [count], and what conditions the network
 */
export function checkInputs(
  { seed, sigmas, labels }: Pick<SelfCheck, 'seed' | 'sigmas' | 'labels'>,
  count: number,
  network: CheckedNetwork,
): { x: Float32Array; sigma: Float32Array; conditioning: Conditioning } {
  const size = network.shape.reduce((a, b) => a * b);
  const rows = Array.from({ length: count }, (_, i) => i % sigmas.length);
  const { data: sigmaData = 0.5 } = network.sigma;
  const x = new Float32Array(count * size);
  rows.forEach((row, i) => {
    const scale = Math.sqrt(sigmas[row]! ** 2 + sigmaData ** 2);
    x.set(
      gaussian(seed + row, -1, size).map((n) => scale * n),
      i * size,
    );
  });
  const asked = rows.map((row) => ({ seed: seed + row, label: labels[row]! }));
  return {
    x,
    sigma: Float32Array.from(rows, (row) => sigmas[row]!),
    conditioning: checkConditioning(asked, network),
  };
}

/**
 * What conditions each row, by the names of the network's inputs: a label; a text of `label` tokens
 * of noise; a picture of noise to enlarge, at the augmentation 0.2; of a student the guidance scale 3.
 *
 * @throws RangeError for an input that is none of these
 */
function checkConditioning(
  asked: readonly { readonly seed: number; readonly label: number }[],
  { shape: [channels, height, width], classes, conditioning, prompts }: CheckedNetwork,
): Conditioning {
  const { tokens, width: numbers } = prompts ?? { tokens: 1, width: 1 };
  const low = [channels, height / 2, width / 2];
  const noise = (stream: number, dims: readonly number[]) => {
    const size = dims.reduce((a, b) => a * b);
    const parts = asked.map(({ seed }) => gaussian(seed, stream, size));
    return { data: joined(parts), dims };
  };
  const all = (values: readonly number[], dims: readonly number[]) => ({
    data: Float32Array.from(values),
    dims,
  });
  const rows: Record<string, () => ConditioningRows> = {
    label: () =>
      byLabel(
        asked.map(({ label }) => label),
        classes.length,
      ).label!,
    text: () => noise(0, [tokens, numbers]),
    mask: () =>
      all(
        asked.flatMap(({ label }) => Array.from({ length: tokens }, (_, t) => Number(t < label))),
        [tokens],
      ),
    low: () => noise(1, low),
    augmentation: () => all(Array<number>(asked.length).fill(0.2), []),
    scale: () => all(Array<number>(asked.length).fill(3), []),
    perturb: () => all(Array<number>(asked.length).fill(0), []),
  };
  const entries = (conditioning ?? ['label']).map((name) => {
    const made = rows[name]?.();
    if (!made) {
      const known = Object.keys(rows).join(', ');
      throw new RangeError(`An input that conditions must be of ${known}, got "${name}"`);
    }
    return [name, made] as const;
  });
  return Object.fromEntries(entries);
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
