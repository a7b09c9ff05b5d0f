import { lostSamples } from '../lost';
import { classAccuracy } from './accuracy';
import type { PartFigures } from './parts';
import { deleteOneSpread, shareSpread } from './spread';

/** What a classifier says of finished samples. */
export interface Opinion {
  /** Class with the highest logit, and its probability, sample by sample. */
  readonly predicted: readonly number[];
  readonly confidence: readonly number[];
  /** Share recognised as the class asked for; undefined if a sample was asked for no class. */
  readonly classAccuracy: number | undefined;
  /**
   * Mean Euclidean feature distance of two samples of one label, averaged over the labels; undefined
   * where a label has a single sample: the variety of HELLO is not that of its two Ls.
   */
  readonly diversity: number | undefined;
  /** How well the samples fit their prompts: the mean of `alignments`. Absent where there are none. */
  readonly alignment?: number;
  /** How many have the parts that their prompts ask for. Absent: the judge knows none. */
  readonly parts?: PartFigures;
  /** How far the figures would scatter with other noise, one standard deviation. */
  readonly spread?: {
    readonly classAccuracy: number | undefined;
    readonly diversity: number | undefined;
    readonly alignment?: number | undefined;
  };
}

/**
 * The opinion that a classifier's outputs stand for.
 *
 * @param logits `[batch, numClasses]`
 * @param features `[batch, size]`
 * @param labels class asked for, sample by sample; numClasses stands for none
 * @param mixed a class that was mixed into every label: it counts as asked for too
 */
export function opinionFrom(
  logits: Float32Array,
  features: Float32Array,
  labels: readonly number[],
  mixed?: number,
): Opinion {
  const numClasses = logits.length / labels.length;
  const { predicted, confidence } = likeliest(logits, labels.length);
  const asked = labels.every((label) => label < numClasses);
  return {
    predicted,
    confidence,
    ...figuresOf(features, labels, asked ? classAccuracy(logits, labels, mixed) : undefined),
  };
}

/**
 * The opinion of samples that were asked for by prompts, of which a classifier knows nothing.
 *
 * @param fits `alignments` of the samples
 */
export function promptOpinionFrom(
  logits: Float32Array,
  features: Float32Array,
  labels: readonly number[],
  fits: readonly number[],
): Opinion {
  const { predicted, confidence } = likeliest(logits, labels.length);
  const { spread, ...figures } = figuresOf(features, labels, undefined);
  const known = fits.filter(Number.isFinite);
  if (known.length === 0) return { predicted, confidence, ...figures, spread };
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  const alignment = mean(known);
  const rest = (without: number) => known.filter((_, i) => i !== without);
  const spreadOfMean = deleteOneSpread([...known.keys()], (without) =>
    known.length > 1 ? mean(rest(without)) : undefined,
  );
  return {
    ...{ predicted, confidence, ...figures, alignment },
    spread: { ...spread, alignment: spreadOfMean },
  };
}

/** Accuracy and diversity with their spreads. */
function figuresOf(
  features: Float32Array,
  labels: readonly number[],
  accuracy: number | undefined,
) {
  const distances = distancesOf(features, labels.length);
  const finite = [...distances.keys()];
  return {
    classAccuracy: accuracy,
    diversity: diversityWithinLabels(distances, labels, finite),
    spread: {
      classAccuracy: accuracy === undefined ? undefined : shareSpread(accuracy, labels.length),
      diversity: deleteOneSpread(finite, (without) =>
        diversityWithinLabels(
          distances,
          labels,
          finite.filter((k) => k !== without),
        ),
      ),
    },
  };
}

/** The class with the highest logit, and its probability, sample by sample. */
function likeliest(logits: Float32Array, batch: number) {
  const numClasses = logits.length / batch;
  const predicted: number[] = [];
  const confidence: number[] = [];
  for (let i = 0; i < batch; i++) {
    const row = logits.subarray(i * numClasses, (i + 1) * numClasses);
    const highest = row.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
    predicted.push(row.indexOf(highest));
    confidence.push(1 / row.reduce((total, logit) => total + Math.exp(logit - highest), 0));
  }
  return { predicted, confidence };
}

/**
 * A judge has nothing to say of samples that are lost: its rows of them become NaN, whatever it made
 * of their numbers.
 *
 * @param samples [batch, …]
 * @param outputs [batch, …] each
 */
export function withoutLost(
  samples: Float32Array,
  batch: number,
  outputs: readonly (Float32Array | undefined)[],
): void {
  for (const sample of lostSamples(samples, batch)) {
    for (const output of outputs) {
      const size = (output?.length ?? 0) / batch;
      output?.fill(Number.NaN, sample * size, (sample + 1) * size);
    }
  }
}

/** Pictures as a screen shows them, back as numbers: clamped to [-1, 1] and rounded to 8 bits. */
export function asShown(pictures: Float32Array): Float32Array {
  return pictures.map(
    (value) => Math.round((Math.min(Math.max(value, -1), 1) + 1) * 127.5) / 127.5 - 1,
  );
}

/**
 * Pictures as a screen shows them, at a judge's size, each pixel repeated: earlier stages of a cascade
 * draw smaller ones.
 *
 * @param samples [rows, channels, side, side]
 * @param shape of the judge's pictures: [channels, height, width]
 * @throws RangeError for a side that does not divide the judge's
 */
export function asJudged(
  samples: Float32Array,
  rows: number,
  [channels, height, width]: readonly [number, number, number],
): Float32Array {
  const pictures = asShown(samples);
  const size = channels * height * width;
  if (pictures.length === rows * size) return pictures;
  const side = Math.sqrt(pictures.length / rows / channels);
  const factor = height / side;
  if (!Number.isInteger(factor) || height !== width) {
    throw new RangeError(`The judge needs pictures whose side divides ${height}, got ${side}`);
  }
  const out = new Float32Array(rows * size);
  for (let plane = 0; plane < rows * channels; plane++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = (plane * side + Math.floor(y / factor)) * side + Math.floor(x / factor);
        out[(plane * height + y) * width + x] = pictures[from]!;
      }
    }
  }
  return out;
}

/** The feature distances of the samples that are not lost, row by row: sample a to the samples before it. */
function distancesOf(features: Float32Array, batch: number): Map<number, Map<number, number>> {
  const size = features.length / batch;
  const lost = new Set(lostSamples(features, batch));
  const rows = new Map<number, Map<number, number>>();
  for (let a = 0; a < batch; a++) {
    if (lost.has(a)) continue;
    const row = new Map<number, number>();
    for (const b of rows.keys()) {
      let squares = 0;
      for (let k = 0; k < size; k++) {
        squares += (features[a * size + k]! - features[b * size + k]!) ** 2;
      }
      row.set(b, Math.sqrt(squares));
    }
    rows.set(a, row);
  }
  return rows;
}

/** Mean distance of two of these samples of one label, averaged over the labels; each must have two. */
function diversityWithinLabels(
  distances: ReadonlyMap<number, ReadonlyMap<number, number>>,
  labels: readonly number[],
  samples: readonly number[],
): number | undefined {
  const groups = new Map<number, number[]>();
  for (const k of samples) groups.set(labels[k]!, [...(groups.get(labels[k]!) ?? []), k]);
  const values: number[] = [];
  for (const members of groups.values()) {
    if (members.length < 2) return undefined;
    const pairs = members.flatMap((a, i) =>
      members.slice(0, i).map((b) => distances.get(a)!.get(b)!),
    );
    values.push(pairs.reduce((sum, distance) => sum + distance, 0) / pairs.length);
  }
  return values.length ? values.reduce((a, b) => a + b) / values.length : undefined;
}
