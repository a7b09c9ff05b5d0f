import * as v from 'valibot';
import { count, text } from '../schema';

/** "a, b or c". */
function orOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

const number = v.pipe(v.number('a number'), v.finite('a finite number'));
const steps = v.pipe(
  v.number('a number'),
  v.safeInteger('a whole number'),
  v.minValue(2, 'a whole number of at least 2'),
  v.maxValue(100_000, 'a whole number of at most 100,000'),
);
const beta = v.pipe(
  number,
  v.gtValue(0, 'a number within (0, 1)'),
  v.ltValue(1, 'a number within (0, 1)'),
);
export const betaList = v.pipe(
  v.array(beta, 'a list of numbers within (0, 1)'),
  v.minLength(2, 'a list of at least two numbers'),
  v.maxLength(100_000, 'a list of at most 100,000 numbers'),
);
const types = v.picklist(['float32', 'int64', 'int32'], 'float32, int64 or int32');

/** `Betas` of diffusion/adapt.ts. */
export const betas = v.variant(
  'kind',
  [
    v.object({
      kind: v.picklist(['linear', 'scaled-linear', 'sigmoid']),
      start: beta,
      end: beta,
      steps,
    }),
    v.object({ kind: v.picklist(['cosine', 'sigmoid-alphas']), steps }),
    v.object({ kind: v.literal('list'), betas: betaList }),
  ],
  'linear, scaled-linear, sigmoid, cosine, sigmoid-alphas or list',
);

const PREDICTIONS = ['eps', 'v', 'x0', 'flow', 'flow-to-data', 'edm', 'score', 'denoised'] as const;
const prediction = v.picklist(PREDICTIONS, orOf(PREDICTIONS));
const NOISINGS = ['betas', 'flow', 'sigma', 'edm'] as const;
const COUNTS = [
  ...(['from-0', 'from-1', 'fraction', 'fraction-from-0', 'thousand'] as const),
  ...(['reversed', 'reversed-thousand', 'sigma', 'log-sigma', 'c-noise', 'log-snr'] as const),
];
export const counts = v.picklist(COUNTS, orOf(COUNTS));
export const noising = v.picklist(NOISINGS, orOf(NOISINGS));

/** How a student is told the guidance scale. */
export const scaleCounts = v.picklist(['s', 'w'], 's (1 = off) or w (0 = off)');
const shapes = v.picklist(['rows', 'column', 'scalar', 'one'], 'rows, column, scalar or one');

/** Values of black and white. */
export const range = v.pipe(
  v.tuple([number, number], 'a list [black, white]'),
  v.check(([black, white]) => black < white, 'a list with black below white'),
);

/** `Adaptation` of diffusion/adapt.ts, which says what it means, and how the graph takes batches. */
export const adaptation = v.object({
  prediction,
  noising: v.optional(noising),
  betas,
  sigmaData: v.optional(v.pipe(number, v.gtValue(0, 'a number above 0'))),
  range,
  x: text,
  time: v.object({
    name: text,
    type: types,
    shape: shapes,
    counts,
  }),
  label: v.optional(
    v.object({
      name: text,
      type: types,
      nullLabel: v.optional(
        v.union(
          [v.pipe(v.number(), v.safeInteger(), v.minValue(-1)), v.picklist(['zeros', 'mask'])],
          'a class index, "zeros" or "mask"',
        ),
      ),
    }),
  ),
  mask: v.optional(v.object({ name: text, hidden: v.picklist([0, 1], '0 or 1') })),
  scale: v.optional(v.object({ name: text, shape: shapes, counts: scaleCounts })),
  output: text,
  graph: v.object({
    /** It can take one picture at a time only. */
    single: v.optional(v.literal(true)),
    /** It takes so many pictures at a time, no more and no fewer. */
    batch: v.optional(count),
    /** What its free dimensions are, by their names. */
    dims: v.record(
      v.string(),
      v.union([count, v.literal('batch')], 'a length or "batch"'),
      'an object',
    ),
  }),
});

/** How a network that a visitor brought relates to this project's. */
export type OwnAdaptation = v.InferOutput<typeof adaptation>;
