import * as v from 'valibot';
import { complaint } from '../manifest';
import type { OnnxFile } from '../onnx/file';
import { count, sha256, text } from '../schema';
import { adaptation, betaList, counts, noising, range, scaleCounts } from './adaptation';

/** The betas of the papers, by the names of diffusers' schedulers and of lucidrains' functions. */
export const SCHEDULES = {
  linear: 'linear',
  scaled_linear: 'scaled-linear',
  squaredcos_cap_v2: 'cosine',
  cosine: 'cosine',
  sigmoid: 'sigmoid',
  sigmoid_alphas: 'sigmoid-alphas',
} as const;
export const PREDICTIONS = {
  epsilon: 'eps',
  eps: 'eps',
  pred_noise: 'eps',
  v_prediction: 'v',
  v: 'v',
  pred_v: 'v',
  sample: 'x0',
  x0: 'x0',
  pred_x0: 'x0',
  flow: 'flow',
  flow_prediction: 'flow',
  'flow-to-data': 'flow-to-data',
  edm: 'edm',
  score: 'score',
  denoised: 'denoised',
} as const;

/** What the name of a scheduler of diffusers tells: the rest is in its config. */
const CLASSES = [
  [/^FlowMatch/, { noising: 'flow', prediction: 'flow', counts: 'thousand' }],
  [/^EDM/, { noising: 'edm', prediction: 'edm', counts: 'c-noise' }],
  [/^ScoreSdeVe/, { noising: 'sigma', prediction: 'score', counts: 'sigma' }],
  [/^(DDPM|DDIM|PNDM|DPMSolver|DEIS|UniPC|Euler|Heun|LMS|KDPM2|SASolver|RePaint)/, {}],
  [/^(?!.*Scheduler$)/, {}],
] as const;

/** What a scheduler's name says of a network; undefined: nothing is known of it here. */
export function conventionOf(className: string) {
  return CLASSES.find(([name]) => name.test(className))?.[1];
}

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[];
const usual = v.pipe(
  v.number('a number'),
  v.gtValue(0, 'a number within (0, 1)'),
  v.ltValue(1, 'a number within (0, 1)'),
);

const level = v.pipe(v.number('a number'), v.gtValue(0, 'a number above 0'));

/** What files beside a network say of it, in the words of diffusers' configs and of this project's manifests. */
const ENTRIES = {
  title: text,
  _class_name: v.pipe(
    text,
    v.check(
      (name) => conventionOf(name) !== undefined,
      'a scheduler of betas, FlowMatch, EDM or ScoreSdeVe, or no scheduler',
    ),
  ),
  prediction_type: v.picklist(keysOf(PREDICTIONS), keysOf(PREDICTIONS).join(', ')),
  noising,
  beta_schedule: v.picklist(keysOf(SCHEDULES), keysOf(SCHEDULES).join(', ')),
  beta_start: usual,
  beta_end: usual,
  num_train_timesteps: count,
  trained_betas: betaList,
  rescale_betas_zero_snr: v.literal(false, 'false: sigma would have no end'),
  timestep_counts: counts,
  sigma_min: level,
  sigma_max: level,
  sigma_data: level,
  value_range: range,
  sample_size: v.union([count, v.tuple([count, count])], 'a length or a list [height, width]'),
  in_channels: count,
  num_class_embeds: count,
  null_label: v.picklist(
    ['last', 'first', 'zeros', 'mask', 'none'],
    'last, first, zeros, mask or none',
  ),
  scale_counts: scaleCounts,
  class_names: v.array(text, 'a list of names'),
  id2label: v.record(v.string(), text, 'an object of names'),
  // Of a manifest.
  role: v.picklist(['denoiser', 'student'], '"denoiser" or "student"'),
  classes: v.array(text, 'a list of names'),
  shape: v.tuple([count, count, count], 'a list [channels, height, width]'),
  sigma: v.object({ min: level, max: level }),
  adapt: adaptation,
  files: v.array(v.object({ name: text, sha256 }), 'a list of files'),
} as const;

export type Hints = {
  readonly [K in keyof typeof ENTRIES]?: v.InferOutput<(typeof ENTRIES)[K]> | undefined;
};

/** What is said of a network, and in what it makes no sense: a line each. */
export interface Read<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

/** Hints, and the names of what else is said and has no use here. */
export interface ReadHints extends Read<Hints> {
  readonly unused: readonly string[];
}

/**
 * Reads a file beside a network: a manifest, or a config of diffusers, JSON as Python writes it. Each
 * key stands for itself: one that makes no sense is a problem, and the others count. null says nothing.
 */
export function readHints(source: string, fileName: string): ReadHints {
  let json: unknown;
  try {
    json = JSON.parse(
      source.replace(PYTHON_NUMBERS, (token) => (token[0] === '"' ? token : 'null')),
    );
  } catch {
    const start = JSON.stringify(source.slice(0, 40));
    return { value: {}, problems: [`${fileName} must be JSON, got ${start}`], unused: [] };
  }
  return parsed(json, fileName);
}

/** Strings, which stay, and the numbers that JSON does not know. */
const PYTHON_NUMBERS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/** What an exporter wrote into the file itself: texts, of which some are JSON. */
export function metadataHints({ metadata }: OnnxFile, fileName: string): ReadHints {
  const json = Object.entries(metadata).map(([key, value]) => {
    try {
      return [key, JSON.parse(value)];
    } catch {
      return [key, value];
    }
  });
  return parsed(Object.fromEntries(json), `${fileName}, metadata`);
}

function parsed(json: unknown, fileName: string): ReadHints {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    const got = JSON.stringify(json).slice(0, 80);
    return { value: {}, problems: [`${fileName} must be an object, got ${got}`], unused: [] };
  }
  const value: Record<string, unknown> = {};
  const problems: string[] = [];
  const unused: string[] = [];
  const schemas: Readonly<Record<string, v.GenericSchema>> = ENTRIES;
  for (const [key, given] of Object.entries(json)) {
    if (given === null) continue;
    const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
    if (!schema) {
      if (!key.startsWith('_')) unused.push(key);
      continue;
    }
    const result = v.safeParse(v.object({ [key]: schema }), { [key]: given });
    if (result.success) value[key] = result.output[key];
    else problems.push(...result.issues.map((issue) => complaint(issue, fileName)));
  }
  return { value: value as Hints, problems, unused };
}
