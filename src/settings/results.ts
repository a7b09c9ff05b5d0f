import * as v from 'valibot';
import { complaint } from '../networks/manifest';
import { count, sha256, text } from '../networks/schema';
import type { ColumnSettings } from './column';
import { RUN_TABLE } from './run-table';

/** Marks the files of measured studies. */
export const RESULTS_FORMAT = 'guidance-results';

const number = v.pipe(v.number('a number'), v.finite('a finite number'));
const amount = v.pipe(number, v.minValue(0, 'a number of at least 0'));
const seed = v.pipe(
  v.number('a number'),
  v.safeInteger('a whole number'),
  v.minValue(0, 'a whole number of 0 to 2^32 - 1'),
  v.maxValue(2 ** 32 - 1, 'a whole number of 0 to 2^32 - 1'),
);

/** A network by its id and the SHA-256 of its model.onnx. */
const network = v.object({
  id: text,
  sha256,
});

/** A column's settings; a file may have a course over the steps that is not known here. */
type RunOfFile = Omit<ColumnSettings, 'shape'> & { readonly shape: string };

/** What was asked of a stage of a cascade; null: as its manifest says. */
const stage = v.object({
  guidanceScale: v.nullable(number),
  numSteps: v.nullable(count),
  augmentation: v.nullable(amount),
  threshold: RUN_TABLE.threshold.schema,
  prompt: v.nullable(text),
});

/** What was run: everything but network, classes and seeds, by the names of the page's settings. */
const settings = v.object({
  ...Object.fromEntries(
    Object.entries(RUN_TABLE).map(([property, { schema }]) => [property, schema]),
  ),
  /** Of the stages of a cascade. Absent: as their manifest says. */
  upTo: v.optional(count),
  stages: v.optional(v.array(stage, 'a list of stages')),
  /** Parameters of sampler, schedule and rule that differ from their defaults, by their ids. */
  parameters: v.record(v.string(), number, 'an object'),
}) as unknown as v.GenericSchema<RunOfFile>;

/** Standard deviation by the jackknife; absent where there were too few samples to tell. */
const figure = v.object({ value: number, spread: v.optional(amount) });

/** Absent: undefined for these samples. */
const figures = v.object({
  classAccuracy: v.optional(figure),
  classifierScore: v.optional(figure),
  frechetDistance: v.optional(figure),
  kernelDistance: v.optional(figure),
  precision: v.optional(figure),
  recall: v.optional(figure),
  density: v.optional(figure),
  coverage: v.optional(figure),
  diversity: v.optional(figure),
  alignment: v.optional(figure),
});

const point = v.object({
  settings,
  samples: count,
  /** Of them, those whose numbers are not finite. Absent: none. */
  leftOut: v.optional(count),
  /** Of the first sample: sample k has seed + k, and class (or prompt) k modulo their number. */
  seed,
  figures,
  /** Network evaluations a sample; conditional and unconditional count one each. */
  nfe: amount,
  seconds: amount,
  /** ISO 8601, when it was finished. */
  date: v.pipe(v.string('a string'), v.isoTimestamp('a date such as 2025-01-31T12:00:00.000Z')),
});

const curve = v.object({
  model: network,
  /** What drew beside it: the stages of a cascade after the first. Absent: none. */
  networks: v.optional(v.array(network, 'a list of networks')),
  /** What the samples were asked for, "" for nothing, of a model that takes prompts. */
  prompts: v.optional(v.array(v.string('a string'), 'a list of prompts')),
  /**
   * The settings that its points differ in: guidanceScale, numSteps, the id of a parameter, or a
   * setting of a stage such as scale-2; `augmentation` is that of every stage.
   */
  varied: v.array(text, 'a list of settings'),
  /** What made it, if it was a command. */
  command: v.optional(text),
  points: v.array(point, 'a list of points'),
});

const results = v.object({
  format: v.literal(RESULTS_FORMAT, `"${RESULTS_FORMAT}"`),
  version: v.literal(1, '1 (the only version that this program reads)'),
  /** The feature network, after which every figure is named. */
  features: network,
  curves: v.array(curve, 'a list of curves'),
});

/** A file of measured curves, as the command line and the page write and read it. */
export type Results = v.InferOutput<typeof results>;
export type ResultsCurve = Results['curves'][number];
export type ResultsPoint = ResultsCurve['points'][number];
export type ResultsSettings = ResultsPoint['settings'];

/** A file that holds no results; the message is one line that names what is wrong with it. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

/**
 * Reads a results file.
 *
 * @param fileName for the message
 * @throws ResultsError naming file, field, requirement and the value received
 */
export function parseResults(source: string, fileName: string): Results {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch (cause) {
    const start = JSON.stringify(source.slice(0, 40));
    throw new ResultsError(`${fileName} must be JSON, got ${start}`, { cause });
  }
  const read = v.safeParse(results, json, { abortEarly: true });
  if (read.success) return read.output;
  throw new ResultsError(complaint(read.issues[0], fileName));
}

/** The text of a results file. */
export function writeResults(read: Results): string {
  return `${JSON.stringify(read, null, 1)}\n`;
}
