import * as v from 'valibot';
import type { PointFigures } from '../../diffusion/metrics/point';

/** Samples of one request, as metrics need them. */
export interface Batch {
  /** Which of the point's samples they are: start … start + labels.length. */
  readonly start: number;
  /** The classes asked for, or the prompts: places among the judge's. */
  readonly labels: readonly number[];
  /** [batch, classes] and [batch, features] of the feature network. */
  readonly logits: Float32Array;
  readonly features: Float32Array;
  /** How well each fits its prompt, where prompts were asked for. */
  readonly fits?: readonly number[] | undefined;
  /** Bytes [batch, channels, height, width]; none of samples that are never shown. */
  readonly pictures: Uint8Array | undefined;
}

/** What is known of a point beside its samples. */
export interface PointRecord {
  readonly samples: number;
  /** Where its batches start. */
  readonly starts: readonly number[];
  /** The feature network's id; every figure is named after it. */
  readonly network: string;
  /** Network evaluations a sample. */
  readonly nfe: number;
  /** Time of all its runs. */
  readonly seconds: number;
  /** ISO 8601, of the newest batch. */
  readonly date: string;
  /** As they were measured on the way, by their `samples`. */
  readonly figures: readonly PointFigures[];
}

/** What a batch cost. */
export interface BatchRun extends Pick<PointRecord, 'network' | 'nfe'> {
  readonly totalMs: number;
}

/** Most samples of one batch; the runner draws 16. */
const LARGEST_BATCH = 256;

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const whole = v.pipe(amount, v.safeInteger());
const figure = v.optional(v.object({ value: v.number(), spread: v.optional(v.number()) }));

const record: v.GenericSchema<unknown, PointRecord> = v.pipe(
  v.object({
    samples: whole,
    starts: v.array(whole),
    network: v.string(),
    nfe: amount,
    seconds: amount,
    date: v.pipe(v.string(), v.isoTimestamp()),
    figures: v.array(
      v.object({
        samples: whole,
        leftOut: v.optional(whole),
        classAccuracy: figure,
        classifierScore: figure,
        frechetDistance: figure,
        kernelDistance: figure,
        precision: figure,
        recall: figure,
        density: figure,
        coverage: figure,
        diversity: figure,
        alignment: figure,
      }),
    ),
  }),
  v.check(({ samples, starts, figures }) => {
    const ends = [...starts, samples];
    const sizes = starts.map((start, i) => ends[i + 1]! - start);
    return (
      ends[0] === 0 &&
      sizes.every((size) => size > 0 && size <= LARGEST_BATCH) &&
      figures.every((measured) => measured.samples <= samples)
    );
  }),
) as v.GenericSchema<unknown, PointRecord>;

const batch = v.pipe(
  v.object({
    start: whole,
    labels: v.pipe(v.array(whole), v.minLength(1), v.maxLength(LARGEST_BATCH)),
    logits: v.instance(Float32Array),
    features: v.instance(Float32Array),
    // NaN of what was asked for nothing.
    fits: v.optional(v.array(v.union([v.number(), v.nan()]))),
    pictures: v.optional(v.instance(Uint8Array)),
  }),
  v.check(
    ({ labels, logits, features, fits, pictures }) =>
      (fits === undefined || fits.length === labels.length) &&
      [logits, features, ...(pictures ? [pictures] : [])].every(
        ({ length }) => length > 0 && length % labels.length === 0,
      ),
  ),
);

/** A record as storage holds it; undefined for what is none. */
export function readRecord(value: unknown): PointRecord | undefined {
  const result = v.safeParse(record, value);
  return result.success ? result.output : undefined;
}

/** A batch as storage holds it; undefined for what is none. */
export function readBatch(value: unknown, start: number): Batch | undefined {
  const result = v.safeParse(batch, value);
  if (!result.success || result.output.start !== start) return undefined;
  const { fits, pictures, ...rest } = result.output;
  return { ...rest, ...(fits && { fits }), pictures };
}

/**
 * A point's record with one more batch. Other tabs may draw the same point: equal samples, in
 * batches that may end elsewhere.
 *
 * @returns the record as it was where these samples are there already, or do not continue it
 */
export function withBatch(
  before: PointRecord | undefined,
  { start, labels }: Pick<Batch, 'start' | 'labels'>,
  { network, nfe, totalMs }: BatchRun,
): PointRecord | undefined {
  const { samples = 0, starts = [], seconds = 0, figures = [] } = before ?? {};
  const end = start + labels.length;
  const continues = start === samples || starts.includes(start);
  if (end <= samples || !continues) return before;
  return {
    samples: end,
    starts: [...starts.filter((other) => other < start), start],
    network,
    nfe,
    seconds: seconds + totalMs / 1000,
    date: new Date().toISOString(),
    figures,
  };
}

/** A point's record with figures at one count, in place of those at the same count. */
export function withFigures(
  before: PointRecord | undefined,
  figures: PointFigures,
): PointRecord | undefined {
  if (!before || figures.samples > before.samples) return before;
  const others = before.figures.filter(({ samples }) => samples !== figures.samples);
  const all = [...others, figures].toSorted((a, b) => a.samples - b.samples);
  return { ...before, figures: all };
}

/** The batches of the first samples; the last one may be cut. */
export function firstSamples(batches: readonly Batch[], count: number): Batch[] {
  const first: Batch[] = [];
  for (const batch of batches) {
    const left = count - batch.start;
    if (left <= 0) break;
    const all = batch.labels.length;
    if (left >= all) first.push(batch);
    else {
      first.push({
        ...batch,
        labels: batch.labels.slice(0, left),
        ...(batch.fits && { fits: batch.fits.slice(0, left) }),
        logits: batch.logits.subarray(0, (batch.logits.length / all) * left),
        features: batch.features.subarray(0, (batch.features.length / all) * left),
      });
    }
  }
  return first;
}
