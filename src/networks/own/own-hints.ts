import * as v from 'valibot';
import { complaint } from '../manifest';
import type { OnnxFile } from '../onnx/file';
import { count, text } from '../schema';
import { adaptation, range } from './adaptation';

/** The betas of the papers, by the names of diffusers' schedulers. */
export const SCHEDULES = {
  linear: 'linear',
  scaled_linear: 'scaled-linear',
  squaredcos_cap_v2: 'cosine',
  cosine: 'cosine',
} as const;
export const PREDICTIONS = {
  epsilon: 'eps',
  eps: 'eps',
  v_prediction: 'v',
  v: 'v',
  sample: 'x0',
  x0: 'x0',
  denoised: 'denoised',
} as const;

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[];
const usual = v.pipe(
  v.number('a number'),
  v.gtValue(0, 'a number within (0, 1)'),
  v.ltValue(1, 'a number within (0, 1)'),
);

const level = v.pipe(v.number('a number'), v.gtValue(0, 'a number above 0'));

/** What files beside a network say of it, in the words of diffusers' configs and of this project's manifests. */
const hints = v.object({
  title: v.optional(text),
  prediction_type: v.optional(v.picklist(keysOf(PREDICTIONS), keysOf(PREDICTIONS).join(', '))),
  beta_schedule: v.optional(v.picklist(keysOf(SCHEDULES), keysOf(SCHEDULES).join(', '))),
  beta_start: v.optional(usual),
  beta_end: v.optional(usual),
  num_train_timesteps: v.optional(count),
  trained_betas: v.nullish(
    v.null('null: betas other than linear, scaled_linear and cosine are not known here'),
  ),
  rescale_betas_zero_snr: v.optional(v.literal(false, 'false: sigma would have no end')),
  timestep_counts: v.optional(
    v.picklist(['from-0', 'from-1', 'fraction'], 'from-0, from-1 or fraction'),
  ),
  value_range: v.optional(range),
  sample_size: v.nullish(
    v.union([count, v.tuple([count, count])], 'a length or a list [height, width]'),
  ),
  in_channels: v.optional(count),
  num_class_embeds: v.nullish(count),
  null_label: v.optional(
    v.picklist(['last', 'first', 'zeros', 'none'], 'last, first, zeros or none'),
  ),
  class_names: v.optional(v.array(text, 'a list of names')),
  id2label: v.optional(v.record(v.string(), text, 'an object of names')),
  // Of a manifest.
  role: v.optional(v.literal('denoiser', '"denoiser"')),
  classes: v.optional(v.array(text, 'a list of names')),
  shape: v.optional(v.tuple([count, count, count], 'a list [channels, height, width]')),
  sigma: v.optional(v.object({ min: level, max: level })),
  adapt: v.optional(adaptation),
});

export type Hints = v.InferOutput<typeof hints>;

/** What is said of a network, and in what it makes no sense: a line each. */
export interface Read<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

/** Reads a file beside a network: a manifest, or a config of diffusers. Unknown keys are left alone. */
export function readHints(source: string, fileName: string): Read<Hints> {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch {
    const start = JSON.stringify(source.slice(0, 40));
    return { value: {}, problems: [`${fileName} must be JSON, got ${start}`] };
  }
  return parsed(json, fileName);
}

/** What an exporter wrote into the file itself: texts, of which some are JSON. */
export function metadataHints({ metadata }: OnnxFile, fileName: string): Read<Hints> {
  const json = Object.entries(metadata).map(([key, value]) => {
    try {
      return [key, JSON.parse(value)];
    } catch {
      return [key, value];
    }
  });
  return parsed(Object.fromEntries(json), `${fileName}, metadata`);
}

function parsed(json: unknown, fileName: string): Read<Hints> {
  const result = v.safeParse(hints, json);
  if (result.success) return { value: result.output, problems: [] };
  return { value: {}, problems: result.issues.map((issue) => complaint(issue, fileName)) };
}
