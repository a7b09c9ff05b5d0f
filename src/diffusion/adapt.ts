/**
 * A network of another convention made to fit this project's: `(x, sigma, label) → denoised`.
 *
 * Common DDPM code (2006.11239, 2102.09672, 2112.10752) works on y_t = sqrt(ᾱ_t) y_0 + sqrt(1 - ᾱ_t) n
 * at a discrete timestep t. Divided by sqrt(ᾱ_t) that is this project's x = x_0 + sigma n with
 * sigma_t = sqrt((1 - ᾱ_t) / ᾱ_t), so that ᾱ_t = 1 / (1 + sigma²): a change of units, nothing more.
 */

/** What the network's output is; `denoised` takes x in sigma units and sigma itself, as this project's do. */
export type PredictionType = 'eps' | 'v' | 'x0' | 'denoised';

/** The variances β_t of T timesteps; ᾱ_t = Π (1 - β_i) up to i = t. */
export type Betas =
  /** Equal distances from `start` to `end` (2006.11239: 0.0001, 0.02). */
  | {
      readonly kind: 'linear';
      readonly start: number;
      readonly end: number;
      readonly steps: number;
    }
  /** Their square roots at equal distances (2112.10752: 0.00085, 0.012). */
  | {
      readonly kind: 'scaled-linear';
      readonly start: number;
      readonly end: number;
      readonly steps: number;
    }
  /** ᾱ by a squared cosine, β at most 0.999 (2102.09672). */
  | { readonly kind: 'cosine'; readonly steps: number };

/** How a network's inputs and output relate to this project's. */
export interface Adaptation {
  readonly prediction: PredictionType;
  /** Of no meaning for `denoised`. */
  readonly betas: Betas;
  /** Values of black and white in the training data; this project's are -1 and 1. */
  readonly range: readonly [black: number, white: number];
  /** Name of the input of noisy pictures [batch, channels, height, width]. */
  readonly x: string;
  readonly time: {
    readonly name: string;
    readonly type: 'float32' | 'int64' | 'int32';
    /** One number a row ([batch], [batch, 1]); else one for the whole batch, as a scalar ([]) or of length 1 ([1]). */
    readonly shape: 'rows' | 'column' | 'scalar' | 'one';
    /** t from 0 on, t + 1, or (t + 1)/T. */
    readonly counts: 'from-0' | 'from-1' | 'fraction';
  };
  /** Absent: the network takes no label. */
  readonly label?:
    | {
        readonly name: string;
        /** Whole numbers are class indices [batch]; float32 rows [batch, width]. */
        readonly type: 'float32' | 'int64' | 'int32';
        /**
         * Index that stands for no class, which the classes leave out; `zeros`: a row without a
         * class, of a network without a column for it; absent: the network knows no such label.
         */
        readonly nullLabel?: number | 'zeros' | undefined;
      }
    | undefined;
  /** Name of the output, [batch, channels, height, width] or more channels, whose first ones count. */
  readonly output: string;
}

/** An input of the network. */
export interface Feed {
  /** Whole numbers too: they are exact. */
  readonly data: Float32Array;
  readonly type: 'float32' | 'int64' | 'int32';
  /** Dimensions of a row; of a shared input all of them. */
  readonly dims: readonly number[];
  /** The same for all rows, however many there are. */
  readonly shared?: true;
}

/** One evaluation in the network's own terms. */
export interface AdaptedEvaluation {
  readonly rows: number;
  readonly feeds: Readonly<Record<string, Feed>>;
  /** D(x; sigma, label) [batch, channels, height, width] from the network's output for all `rows`. */
  finish(output: Float32Array): Float32Array;
}

/** sigma_t = sqrt((1 - ᾱ_t) / ᾱ_t), t = 0 … T - 1, increasing. @throws RangeError */
export function sigmaTable(betas: Betas): Float64Array {
  const { kind, steps } = betas;
  if (!(Number.isInteger(steps) && steps >= 2)) {
    throw new RangeError(`betas.steps must be a whole number of at least 2, got ${steps}`);
  }
  const beta = betaOf(betas);
  const sigmas = new Float64Array(steps);
  let alphaBar = 1;
  for (let t = 0; t < steps; t++) {
    const value = beta(t);
    if (!(value > 0 && value < 1)) {
      throw new RangeError(`betas (${kind}): must lie within (0, 1), got ${value} at t = ${t}`);
    }
    alphaBar *= 1 - value;
    sigmas[t] = Math.sqrt((1 - alphaBar) / alphaBar);
  }
  return sigmas;
}

function betaOf(betas: Betas): (t: number) => number {
  switch (betas.kind) {
    case 'linear': {
      const { start, end, steps } = betas;
      return (t) => start + ((end - start) * t) / (steps - 1);
    }
    case 'scaled-linear': {
      const [start, end] = [Math.sqrt(betas.start), Math.sqrt(betas.end)];
      return (t) => (start + ((end - start) * t) / (betas.steps - 1)) ** 2;
    }
    case 'cosine': {
      const alphaBar = (u: number) => Math.cos((((u + 0.008) / 1.008) * Math.PI) / 2) ** 2;
      return (t) =>
        Math.min(1 - alphaBar((t + 1) / betas.steps) / alphaBar(t / betas.steps), 0.999);
    }
    default:
      return betas satisfies never;
  }
}

/**
 * The timestep of a noise level: log sigma, half the negative log-SNR, is interpolated linearly
 * between timesteps, and a sigma beyond the table takes the nearest end.
 */
export function timestepOf(sigma: number, table: Float64Array): number {
  const last = table.length - 1;
  if (!(sigma > table[0]!)) return 0;
  if (sigma >= table[last]!) return last;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table[middle]! <= sigma) low = middle;
    else high = middle;
  }
  const from = Math.log(table[low]!);
  return low + (Math.log(sigma) - from) / (Math.log(table[high]!) - from);
}

/** Noise levels that this project's samplers use, in the units of its pictures. */
const USUAL_RANGE = { min: 0.002, max: 80 } as const;

/** The noise levels that the network was trained on, as far as samplers have a use for them. */
export function adaptedSigmaRange({
  prediction,
  betas,
  range,
}: Pick<Adaptation, 'prediction' | 'betas' | 'range'>): { min: number; max: number } {
  if (prediction === 'denoised') return { ...USUAL_RANGE };
  const table = sigmaTable(betas);
  const { factor } = affine(range);
  return {
    min: Math.max(table[0]! / factor, USUAL_RANGE.min),
    max: Math.min(table.at(-1)! / factor, USUAL_RANGE.max),
  };
}

/**
 * Makes an evaluation in this project's terms one in the network's:
 *
 * pictures in its range y = a x + b, so that sigma_y = a sigma; its input y / sqrt(1 + sigma_y²) at
 * the timestep of sigma_y (whole numbers: the nearest in log sigma); and of its output
 * - eps: D_y = y - sigma_y eps
 * - v = sqrt(ᾱ) eps - sqrt(1 - ᾱ) y_0 (2202.00512): D_y = y / (1 + sigma_y²) - sigma_y v / sqrt(1 + sigma_y²)
 * - x0, denoised: D_y itself.
 *
 * A soft label row of a network that takes class indices is evaluated class by class, and the
 * estimates are mixed: Σ_k label_k D(x; k).
 *
 * @param sampleShape [channels, height, width]
 * @returns (x [batch, …sampleShape], sigma [batch], label [batch, numClasses + 1]) → evaluation
 * @throws RangeError for schedules and ranges that make no sense
 */
export function adapter(
  adaptation: Adaptation,
  sampleShape: readonly number[],
): (x: Float32Array, sigma: Float32Array, label: Float32Array) => AdaptedEvaluation {
  const { prediction, range, time, label: labelInput } = adaptation;
  const discrete = prediction !== 'denoised';
  const table = discrete ? sigmaTable(adaptation.betas) : new Float64Array();
  const { factor, offset } = affine(range);
  const size = sampleShape.reduce((product, length) => product * length, 1);

  const timeOf = (sigma: number) => {
    if (!discrete) return sigma;
    const t = timestepOf(sigma, table);
    const counted = time.type === 'float32' ? t : Math.round(t);
    if (time.counts === 'from-0') return counted;
    return time.counts === 'from-1' ? counted + 1 : (counted + 1) / table.length;
  };

  return (x, sigma, label) => {
    const batch = sigma.length;
    const width = label.length / batch;
    const parts = labelInput
      ? labelParts(label, width, labelInput)
      : Array.from({ length: batch }, (_, row) => ({ row, weight: 1, index: 0 }));
    const rows = parts.length;

    const input = new Float32Array(rows * size);
    parts.forEach(({ row }, part) => {
      const scale = discrete ? 1 / Math.hypot(1, factor * sigma[row]!) : 1;
      for (let i = 0; i < size; i++) {
        input[part * size + i] = (factor * x[row * size + i]! + offset) * scale;
      }
    });
    const times = parts.map(({ row }) => timeOf(factor * sigma[row]!));
    const shared = time.shape === 'scalar' || time.shape === 'one';
    if (shared && times.some((value) => value !== times[0])) {
      throw new RangeError(`${time.name}: takes one number for the whole batch, got ${times}`);
    }
    const timeDims = time.shape === 'one' || time.shape === 'column' ? [1] : [];
    const feeds: Record<string, Feed> = {
      [adaptation.x]: { data: input, type: 'float32', dims: sampleShape },
      [time.name]: {
        data: Float32Array.from(shared ? times.slice(0, 1) : times),
        type: time.type,
        dims: timeDims,
        ...(shared && { shared }),
      },
    };
    if (labelInput?.type === 'float32') {
      // The column of the null label, where the network has one.
      const columns = typeof labelInput.nullLabel === 'number' ? width : width - 1;
      const data = new Float32Array(rows * columns);
      for (let i = 0; i < data.length; i++) {
        data[i] = label[Math.floor(i / columns) * width + (i % columns)]!;
      }
      feeds[labelInput.name] = { data, type: 'float32', dims: [columns] };
    } else if (labelInput) {
      const data = Float32Array.from(parts, ({ index }) => index);
      feeds[labelInput.name] = { data, type: labelInput.type, dims: [] };
    }

    const finish = (output: Float32Array) => {
      // Networks that learn the variance as well put it into further channels.
      const stride = output.length / rows;
      if (!Number.isInteger(stride) || stride < size) {
        throw new RangeError(
          `${adaptation.output}: needs at least ${size} numbers for each of ${rows} rows, got ${output.length} in all`,
        );
      }
      const denoised = new Float32Array(batch * size);
      parts.forEach(({ row, weight }, part) => {
        const sigmaY = factor * sigma[row]!;
        const scale = 1 / Math.hypot(1, sigmaY); // sqrt(ᾱ)
        for (let i = 0; i < size; i++) {
          const out = output[part * stride + i]!;
          const noisy = x[row * size + i]!;
          const y = factor * noisy + offset;
          const estimate =
            prediction === 'eps'
              ? noisy - sigma[row]! * out
              : prediction === 'v'
                ? ((y * scale - sigmaY * out) * scale - offset) / factor
                : (out - offset) / factor;
          denoised[row * size + i]! += weight * estimate;
        }
      });
      return denoised;
    };
    return { rows, feeds, finish };
  };
}

interface LabelPart {
  /** The row of the batch that it belongs to. */
  readonly row: number;
  readonly weight: number;
  /** As the network counts classes. */
  readonly index: number;
}

/** A row of the network for each class in a label row; one for each label row where it takes rows. */
function labelParts(
  label: Float32Array,
  width: number,
  { name, type, nullLabel }: NonNullable<Adaptation['label']>,
): LabelPart[] {
  const parts: LabelPart[] = [];
  const nullAt = width - 1;
  for (let at = 0; at < label.length; at++) {
    const weight = label[at]!;
    const [row, index] = [Math.floor(at / width), at % width];
    if (index === nullAt && weight !== 0 && nullLabel === undefined) {
      throw new RangeError(`${name}: the network was trained without a label for "no class"`);
    }
    if (type === 'float32') {
      if (index === 0) parts.push({ row, weight: 1, index });
    } else if (weight !== 0) {
      parts.push({ row, weight, index: classIndex(index, nullAt, nullLabel) });
    }
  }
  return parts;
}

/** The network's number of a class: they count past the one that stands for no class. */
function classIndex(
  index: number,
  nullAt: number,
  nullLabel: number | 'zeros' | undefined,
): number {
  if (typeof nullLabel !== 'number') return index;
  if (index === nullAt) return nullLabel;
  return nullLabel >= 0 && index >= nullLabel ? index + 1 : index;
}

/** y = factor x + offset takes -1 and 1 to the range. @throws RangeError */
function affine([black, white]: Adaptation['range']): { factor: number; offset: number } {
  if (!(Number.isFinite(black) && Number.isFinite(white) && black < white)) {
    throw new RangeError(`range: black must be below white, got ${black} and ${white}`);
  }
  return { factor: (white - black) / 2, offset: (white + black) / 2 };
}
