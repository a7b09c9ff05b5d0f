import * as v from 'valibot';
import { count, text } from '../schema';

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
const types = v.picklist(['float32', 'int64', 'int32'], 'float32, int64 or int32');

/** `Betas` of diffusion/adapt.ts. */
export const betas = v.variant(
  'kind',
  [
    v.object({ kind: v.picklist(['linear', 'scaled-linear']), start: beta, end: beta, steps }),
    v.object({ kind: v.literal('cosine'), steps }),
  ],
  'linear, scaled-linear or cosine',
);

const prediction = v.picklist(['eps', 'v', 'x0', 'denoised'], 'eps, v, x0 or denoised');

/** Values of black and white. */
export const range = v.pipe(
  v.tuple([number, number], 'a list [black, white]'),
  v.check(([black, white]) => black < white, 'a list with black below white'),
);

/** `Adaptation` of diffusion/adapt.ts, which says what it means, and how the graph takes batches. */
export const adaptation = v.object({
  prediction,
  betas,
  range,
  x: text,
  time: v.object({
    name: text,
    type: types,
    shape: v.picklist(['rows', 'column', 'scalar', 'one'], 'rows, column, scalar or one'),
    counts: v.picklist(['from-0', 'from-1', 'fraction'], 'from-0, from-1 or fraction'),
  }),
  label: v.optional(
    v.object({
      name: text,
      type: types,
      nullLabel: v.optional(
        v.union(
          [v.pipe(v.number(), v.safeInteger(), v.minValue(-1)), v.literal('zeros')],
          'a class index or "zeros"',
        ),
      ),
    }),
  ),
  output: text,
  graph: v.object({
    /** It can take one picture at a time only. */
    single: v.optional(v.literal(true)),
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
