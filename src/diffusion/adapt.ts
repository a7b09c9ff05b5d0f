import { sigmaTable } from './betas';
import {
  type Convention,
  levelsOf,
  startScale,
  type TimeCount,
  takesTimesteps,
} from './convention';
import type { ArrayField, ArrayFieldAlgebra } from './fields';
import type { SigmaRange } from './schedules';

/**
 * A network of another convention made to fit this project's: `(x, sigma, label) → denoised`.
 *
 * Common DDPM code (2006.11239, 2102.09672, 2112.10752) works on y_t = sqrt(ᾱ_t) y_0 + sqrt(1 - ᾱ_t) n
 * at a discrete timestep t. Divided by sqrt(ᾱ_t) that is this project's x = x_0 + sigma n with
 * sigma_t = sqrt((1 - ᾱ_t) / ᾱ_t), so that ᾱ_t = 1 / (1 + sigma²): a change of units, nothing more.
 * Flows and networks that are told sigma itself are others of the same kind: see convention.ts.
 */

/** How a network's inputs and output relate to this project's. */
export interface Adaptation extends Omit<Convention, 'counts'> {
  /** Values of black and white in the training data; this project's are -1 and 1. */
  readonly range: readonly [black: number, white: number];
  /** Name of the input of noisy pictures [batch, channels, height, width]. */
  readonly x: string;
  readonly time: {
    readonly name: string;
    readonly type: 'float32' | 'int64' | 'int32';
    /** One number a row ([batch], [batch, 1]); else one for the whole batch, as a scalar ([]) or of length 1 ([1]). */
    readonly shape: 'rows' | 'column' | 'scalar' | 'one';
    readonly counts: TimeCount;
  };
  /** Absent: the network takes no label. */
  readonly label?:
    | {
        readonly name: string;
        /** Whole numbers are class indices [batch]; float32 rows [batch, width]. */
        readonly type: 'float32' | 'int64' | 'int32';
        /**
         * Index that stands for no class, which the classes leave out; `zeros`: a row without a
         * class, of a network without a column for it; `mask`: a mask says so; absent: the network
         * knows no such label.
         */
        readonly nullLabel?: number | 'zeros' | 'mask' | undefined;
      }
    | undefined;
  /** An input [batch] that hides the class, and its value then; where it is shown it is 1 - hidden. */
  readonly mask?: { readonly name: string; readonly hidden: 0 | 1 } | undefined;
  /** A student's input of the guidance scale: s, 1 = off, or w = s - 1. */
  readonly scale?:
    | {
        readonly name: string;
        readonly shape: Adaptation['time']['shape'];
        readonly counts: 's' | 'w';
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

/** A network's output has another number of pictures than its input. */
export class BatchDiffers extends RangeError {
  override readonly name = 'BatchDiffers';
}

/** One evaluation in the network's own terms. */
export interface AdaptedEvaluation {
  readonly rows: number;
  readonly feeds: Readonly<Record<string, Feed>>;
  /** D(x; sigma, label) [batch, channels, height, width] from the network's output for all `rows`. */
  finish(output: Float32Array): Float32Array;
}

/** Noise levels that this project's samplers use, in the units of its pictures. */
const USUAL_RANGE = { min: 0.002, max: 80 } as const;

/** The noise levels that the network was trained on, as far as samplers have a use for them. */
export function adaptedSigmaRange(units: Convention & Pick<Adaptation, 'range'>): {
  min: number;
  max: number;
} {
  if (!takesTimesteps(units)) return { ...USUAL_RANGE };
  const table = sigmaTable(units.betas);
  const { factor } = affine(units.range);
  return {
    min: Math.max(table[0]! / factor, USUAL_RANGE.min),
    max: Math.min(table.at(-1)! / factor, USUAL_RANGE.max),
  };
}

/** A network's noise levels for a schedule: its range and, of a network of discrete time, each of them. */
export function sigmaRangeOf({
  sigma,
  adapt,
}: {
  readonly sigma: { readonly min: number; readonly max: number };
  readonly adapt?: Adaptation | undefined;
}): SigmaRange {
  const range = { sigmaMin: sigma.min, sigmaMax: sigma.max };
  if (!adapt || !takesTimesteps({ ...adapt, counts: adapt.time.counts })) return range;
  const { factor } = affine(adapt.range);
  return { ...range, levels: sigmaTable(adapt.betas).map((level) => level / factor) };
}

/**
 * Where the network's own samplers start: at pure noise, in its own range of values. That differs
 * from sigma n where little is left of short schedules' noise, and where grey is not 0.
 *
 * @returns (fields, first sigma) → x as a new field
 */
export function adaptedStart(
  adaptation: Pick<Adaptation, 'prediction' | 'noising' | 'range'>,
): (fields: ArrayFieldAlgebra, sigma: number) => ArrayField {
  const { factor, offset } = affine(adaptation.range);
  return (fields, sigma) => {
    const x = fields.noise(-1);
    const scale = startScale(adaptation, factor * sigma);
    x.data.forEach((n, i) => {
      x.data[i] = (scale * n - offset) / factor;
    });
    return x;
  };
}

/**
 * Makes an evaluation in this project's terms one in the network's: pictures in its range y = a x + b,
 * so that sigma_y = a sigma; its input and output as convention.ts has them at sigma_y; whole numbers
 * for a timestep are the nearest in log sigma.
 *
 * A soft label row of a network that takes class indices is evaluated class by class, and the
 * estimates are mixed: Σ_k label_k D(x; k).
 *
 * @param sampleShape [channels, height, width]
 * @returns (x [batch, …sampleShape], sigma [batch], label [batch, numClasses + 1], scale [batch] of a
 * student; default: 1, off) → evaluation
 * @throws RangeError for schedules and ranges that make no sense
 */
export function adapter(
  adaptation: Adaptation,
  sampleShape: readonly number[],
): (
  x: Float32Array,
  sigma: Float32Array,
  label: Float32Array,
  scale?: Float32Array,
) => AdaptedEvaluation {
  const { range, time, label: labelInput, mask, scale: scaleInput } = adaptation;
  const levelOf = levelsOf({ ...adaptation, counts: time.counts });
  const { factor, offset } = affine(range);
  const size = sampleShape.reduce((product, length) => product * length, 1);

  return (x, sigma, label, scale = new Float32Array(sigma.length).fill(1)) => {
    const batch = sigma.length;
    const width = label.length / batch;
    const parts = labelInput
      ? labelParts(label, width, labelInput)
      : Array.from({ length: batch }, (_, row) => ({ row, weight: 1, index: 0, hidden: false }));
    const rows = parts.length;
    const levels = Array.from(sigma, (value) => levelOf(factor * value));

    const input = new Float32Array(rows * size);
    parts.forEach(({ row }, part) => {
      const { scale } = levels[row]!;
      for (let i = 0; i < size; i++) {
        input[part * size + i] = (factor * x[row * size + i]! + offset) * scale;
      }
    });
    const times = parts.map(({ row }) => {
      const told = levels[row]!.time;
      return time.type === 'float32' ? told : Math.round(told);
    });
    const feeds: Record<string, Feed> = {
      [adaptation.x]: { data: input, type: 'float32', dims: sampleShape },
      [time.name]: numbersFeed(time, time.type, times),
    };
    if (scaleInput) {
      const off = scaleInput.counts === 'w' ? 1 : 0;
      const scales = parts.map(({ row }) => scale[row]! - off);
      feeds[scaleInput.name] = numbersFeed(scaleInput, 'float32', scales);
    }
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
    if (mask) {
      const data = Float32Array.from(parts, ({ hidden }) =>
        hidden ? mask.hidden : 1 - mask.hidden,
      );
      feeds[mask.name] = { data, type: 'float32', dims: [] };
    }

    const finish = (output: Float32Array) => {
      // Networks that learn the variance as well put it into further channels.
      const stride = output.length / rows;
      if (stride < size && output.length % size === 0) {
        throw new BatchDiffers(
          `${adaptation.output}: gives ${output.length / size} pictures for ${rows}: its batch differs from the input's. Was it exported with guidance inside? Export the network alone.`,
        );
      }
      if (!Number.isInteger(stride) || stride < size) {
        throw new RangeError(
          `${adaptation.output}: needs at least ${size} numbers for each of ${rows} rows, got ${output.length} in all`,
        );
      }
      const denoised = new Float32Array(batch * size);
      parts.forEach(({ row, weight }, part) => {
        const { skip, out } = levels[row]!;
        for (let i = 0; i < size; i++) {
          const y = factor * x[row * size + i]! + offset;
          const estimate = (skip * y + out * output[part * stride + i]! - offset) / factor;
          denoised[row * size + i]! += weight * estimate;
        }
      });
      return denoised;
    };
    return { rows, feeds, finish };
  };
}

/** One number a row, or one for all of them. @throws RangeError where that should be one and is not */
function numbersFeed(
  { name, shape }: Pick<Adaptation['time'], 'name' | 'shape'>,
  type: Feed['type'],
  numbers: readonly number[],
): Feed {
  const shared = shape === 'scalar' || shape === 'one';
  if (shared && numbers.some((value) => value !== numbers[0])) {
    throw new RangeError(`${name}: takes one number for the whole batch, got ${numbers}`);
  }
  return {
    data: Float32Array.from(shared ? numbers.slice(0, 1) : numbers),
    type,
    dims: shape === 'one' || shape === 'column' ? [1] : [],
    ...(shared && { shared }),
  };
}

interface LabelPart {
  /** The row of the batch that it belongs to. */
  readonly row: number;
  readonly weight: number;
  /** As the network counts classes. */
  readonly index: number;
  /** By the mask. */
  readonly hidden: boolean;
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
      if (index === 0)
        parts.push({ row, weight: 1, index, hidden: label[row * width + nullAt] !== 0 });
    } else if (weight !== 0) {
      const hidden = index === nullAt;
      parts.push({ row, weight, index: classIndex(index, nullAt, nullLabel), hidden });
    }
  }
  return parts;
}

/** The network's number of a class: they count past the one that stands for no class. */
function classIndex(
  index: number,
  nullAt: number,
  nullLabel: NonNullable<Adaptation['label']>['nullLabel'],
): number {
  // Any class, where a mask hides it.
  if (nullLabel === 'mask') return index === nullAt ? 0 : index;
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
