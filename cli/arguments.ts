import { findGuidanceRule, guidanceRegistry } from '../src/diffusion/guidance';
import {
  checkModifiers,
  resampled,
  type ScheduleShapeId,
  scheduleShapeRegistry,
} from '../src/diffusion/guidance/modifiers';
import {
  checkSampler,
  type GuidanceRule,
  takesLabel,
  takesNegative,
} from '../src/diffusion/guidance/rule';
import { type Threshold, thresholdPercentile } from '../src/diffusion/guidance/threshold';
import { type NumberParameter, type Parameters, parameterValue } from '../src/diffusion/parameters';
import { guidanceModifiers, type RunSettings } from '../src/diffusion/run';
import { findSampler, samplerRegistry } from '../src/diffusion/samplers';
import type { Sampler } from '../src/diffusion/samplers/sampler';
import { findSchedule, scheduleRegistry } from '../src/diffusion/schedules';
import {
  ArgumentError,
  type Flag,
  flagLines,
  type Given,
  helpLine,
  kebab,
  number,
  parameterFlags,
  parameterLines,
  parseFlags,
  textOf,
  wholeNumber,
} from './flags';

/** How samples are drawn: everything but the model, the classes and the seeds. */
export interface RunArguments extends RunSettings {
  /** Class name in place of the null label; whether the model has it is not known here. */
  readonly negative: string | undefined;
  /** A second class name in every label, and its share within [0, 1]. */
  readonly mix: { readonly name: string; readonly share: number } | undefined;
}

export interface SampleArguments extends RunArguments {
  readonly model: string;
  /** Class names as given, "null" for the null label; undefined: every class. */
  readonly labels: readonly string[] | undefined;
  readonly seeds: readonly number[];
  readonly batch: number;
  readonly precision: 'fp16' | 'fp32';
  readonly threads: number;
  readonly out: string | undefined;
  /** Pixels of the sheet for one of a picture. */
  readonly zoom: number;
  /** Whether the model's feature network looks at the samples. */
  readonly judge: boolean;
  readonly raw: string | undefined;
}

/** The flags that `readRun` reads, beside the parameters'. */
export const runFlags = [
  ['negative', 'CLASS', undefined, 'class that guidance leads away from, in place of no class'],
  ['mix', 'CLASS:SHARE', undefined, 'second class in every label, with a share of 0 to 1'],
  ['sampler', 'ID', 'heun', ids(samplerRegistry)],
  ['schedule', 'ID', 'karras', ids(scheduleRegistry)],
  ['steps', 'N', '20', 'sampler steps'],
  ['guidance', 'RULE', 'cfg', ids(guidanceRegistry)],
  ['scale', 'S', '1', 'guidance scale; 1 is off'],
  ['classifier-scale', 'K', undefined, 'scale of classifier guidance; 0 is off (= --scale 1+K)'],
  ['interval', 'LO,HI', undefined, 'guidance only where sigma is in (LO, HI]'],
  ['shape', 'ID', undefined, `guidance over the steps: ${ids(scheduleShapeRegistry)}`],
  ['curve', '1,3,2', undefined, 'guidance scales from the first step to the last, interpolated'],
  [
    'threshold',
    'KIND',
    undefined,
    `estimates kept in range: static, dynamic or dynamic:PERCENTILE (${thresholdPercentile.default})`,
  ],
] as const satisfies readonly Flag[];

const sampleFlags = [
  ['model', 'ID', 'letters', 'network, a folder of public/models'],
  ['labels', 'A,B,null', undefined, 'classes; null for no class (default: every class)'],
  ['seeds', '0-7,12', '0-7', 'seeds of every class'],
  ...runFlags,
  [
    'precision',
    'fp32|fp16',
    'fp32',
    "of the network's arithmetic; a CPU casts around fp16: no faster",
  ],
  ['batch', 'N', '16', 'samples that run together'],
  ['threads', 'N', '0', 'CPU threads; 0: the runtime decides'],
  ['out', 'FILE.png', undefined, 'sheet: a row for each class, a column for each seed'],
  ['zoom', 'N', '1', 'pixels of the sheet for one of a picture'],
  ['raw', 'FILE.f32', undefined, 'float32 [N,C,H,W], little-endian, class by class'],
] as const satisfies readonly Flag[];

type RunFlag = (typeof runFlags)[number][0];
type SampleFlag = (typeof sampleFlags)[number][0];

export function helpText(): string {
  return [
    'Draws samples from a network, on the CPU, with the code of the page.',
    '',
    'npm run sample -- --model letters --labels A,B,C --scale 3 --out sheet.png',
    '',
    ...flagLines(sampleFlags),
    helpLine('--judge', "what the model's feature network reads in the samples"),
    helpLine('--help', 'this text'),
    '',
    'Settings of samplers, schedules and rules:',
    ...parameterLines(),
    '',
  ].join('\n');
}

/** Reads the command line; undefined when it asks for help. @throws ArgumentError */
export function parseArguments(args: readonly string[]): SampleArguments | undefined {
  const given = parseFlags(args, sampleFlags, ['judge']);
  if (given.help !== undefined) return undefined;
  const text = (flag: SampleFlag) => textOf(given, sampleFlags, flag);

  if (text('out') === undefined && text('raw') === undefined && given.judge === undefined) {
    throw new ArgumentError('Nothing to do: give --out FILE.png, --raw FILE.f32 or --judge');
  }
  const precision = text('precision');
  if (precision !== 'fp32' && precision !== 'fp16') {
    throw new ArgumentError(`--precision must be fp32 or fp16, got "${precision}"`);
  }
  return {
    model: text('model')!,
    labels: text('labels')?.split(','),
    seeds: parseSeeds(text('seeds')!),
    ...readRun(given),
    batch: wholeNumber('batch', text('batch')!, 1),
    precision,
    threads: wholeNumber('threads', text('threads')!, 0),
    out: text('out'),
    zoom: wholeNumber('zoom', text('zoom')!, 1),
    judge: given.judge !== undefined,
    raw: text('raw'),
  };
}

/** Reads the flags that say how samples are drawn. @throws ArgumentError */
export function readRun(given: Given): RunArguments {
  const text = (flag: RunFlag) => textOf(given, runFlags, flag);
  const sampler = asArgument(() => findSampler(text('sampler')!));
  const schedule = asArgument(() => findSchedule(text('schedule')!));
  const rule = asArgument(() => findGuidanceRule(text('guidance')!));
  asArgument(() => checkSampler(rule, sampler));
  refuseIdleFlags(given, rule);
  const numSteps = wholeNumber('steps', text('steps')!, 1);
  const interval = text('interval');
  const curve = text('curve');
  const classifierScale = text('classifier-scale');
  const threshold = text('threshold');
  const mix = text('mix');
  const run: RunArguments = {
    guidance: rule.id,
    guidanceScale:
      classifierScale === undefined
        ? number('scale', text('scale')!)
        : 1 + number('classifier-scale', classifierScale),
    interval: interval === undefined ? null : parseInterval(interval),
    shape: (text('shape') as ScheduleShapeId | undefined) ?? 'constant',
    curve:
      curve === undefined
        ? null
        : resampled(
            curve.split(',').map((scale) => number('curve', scale)),
            numSteps,
          ),
    threshold: threshold === undefined ? null : parseThreshold(threshold),
    mix: mix === undefined ? undefined : parseMix(mix),
    negative: text('negative'),
    numSteps,
    sampler: sampler.id,
    schedule: schedule.id,
    parameters: parseParameters(given, sampler, [schedule, rule]),
  };
  asArgument(() => checkModifiers(guidanceModifiers(run), numSteps));
  return run;
}

/** Class names to indices; "null" is the one after the last. @throws ArgumentError */
export function labelIndices(
  labels: readonly string[] | undefined,
  classes: readonly string[],
): number[] {
  if (labels === undefined) return classes.map((_, index) => index);
  return labels.map((label) => {
    if (label === 'null') return classes.length;
    const index = classes.indexOf(label);
    if (index >= 0) return index;
    throw new ArgumentError(`--labels must be of ${classes.join(',')} or null, got "${label}"`);
  });
}

/** The index of a class name that a flag gives. @throws ArgumentError */
export function classIndex(flag: RunFlag, name: string, classes: readonly string[]): number {
  const index = classes.indexOf(name);
  if (index >= 0) return index;
  throw new ArgumentError(`--${flag} must be of ${classes.join(',')}, got "${name}"`);
}

/** @throws ArgumentError for a flag that the rule or another flag leaves without effect */
function refuseIdleFlags(given: Given, rule: GuidanceRule) {
  const idle = (flags: readonly RunFlag[], because: string) => {
    const flag = flags.find((name) => given[name] !== undefined);
    if (flag) throw new ArgumentError(`--${flag} has no effect with ${because}`);
  };
  const scales = ['scale', 'classifier-scale', 'shape', 'curve'] as const;
  if (!rule.usesScale) idle([...scales, 'interval'], `--guidance ${rule.id}`);
  if (rule.scaleKind !== 'classifier') idle(['classifier-scale'], `--guidance ${rule.id}`);
  if (!takesNegative(rule)) idle(['negative'], `--guidance ${rule.id}`);
  if (!takesLabel(rule)) idle(['mix'], `--guidance ${rule.id}`);
  if (given['classifier-scale'] !== undefined) idle(['scale'], '--classifier-scale: give one');
  if (given.curve !== undefined) idle(['scale', 'classifier-scale', 'shape'], '--curve');
}

function parseParameters(
  given: Given,
  sampler: Sampler,
  others: readonly { readonly id: string; readonly parameters: readonly NumberParameter[] }[],
): Parameters {
  const users = [sampler, ...others];
  const params: Record<string, number> = {};
  for (const [flag, { parameter, owners }] of parameterFlags) {
    const text = given[flag];
    if (text === undefined) continue;
    const declared = users.flatMap(({ parameters }) => parameters);
    const own = declared.find(({ id }) => id === parameter.id);
    if (own === undefined) {
      const chosen = users.map(({ id }) => id).join(', ');
      throw new ArgumentError(`--${flag} is a setting of ${owners.join(', ')}, not of ${chosen}`);
    }
    params[own.id] = number(flag, text);
    asArgument(() => parameterValue(own, params), [`Parameter "${own.id}"`, `--${flag}`]);
  }
  const stochastic = sampler.stochastic(params);
  for (const { id, acts } of users.flatMap(({ parameters }) => parameters)) {
    if (params[id] !== undefined && acts?.({ params, stochastic }) === false) {
      throw new ArgumentError(`--${kebab(id)} has no effect with these settings of ${sampler.id}`);
    }
  }
  return params;
}

/** "0-3,7" → 0, 1, 2, 3, 7. */
function parseSeeds(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, first, last] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part) ?? [];
    const from = Number(first);
    const to = Number(last ?? first);
    if (!(from <= to && to < 2 ** 32 && to - from < 100_000)) {
      throw new ArgumentError(`--seeds must be numbers and ranges such as 0-7,12, got "${text}"`);
    }
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

function parseInterval(text: string): readonly [number, number] {
  const [lo, hi, ...more] = text.split(',');
  if (lo === undefined || hi === undefined || more.length > 0) {
    throw new ArgumentError(`--interval must be two numbers LO,HI, got "${text}"`);
  }
  return [number('interval', lo), number('interval', hi)];
}

/** "static", "dynamic", "dynamic:99". The percentile's range is checked with the other modifiers. */
function parseThreshold(text: string): Threshold {
  const [kind, percentile, ...more] = text.split(':');
  if (more.length === 0 && kind === 'static' && percentile === undefined) return { kind };
  if (more.length === 0 && kind === 'dynamic') {
    if (percentile === undefined) return { kind, percentile: thresholdPercentile.default };
    return { kind, percentile: number('threshold', percentile) };
  }
  throw new ArgumentError(
    `--threshold must be static, dynamic or dynamic:PERCENTILE, got "${text}"`,
  );
}

/** "B:0.3". */
function parseMix(text: string): { name: string; share: number } {
  const [, name, digits] = /^(.+):([^:]+)$/.exec(text) ?? [];
  const share = Number(digits);
  if (name === undefined || !(share >= 0 && share <= 1)) {
    throw new ArgumentError(`--mix must be CLASS:SHARE with a share of 0 to 1, got "${text}"`);
  }
  return { name, share };
}

/** Turns a registry's RangeError into the user's, with the user's name of what it calls `named[0]`. */
function asArgument<T>(find: () => T, named: readonly [string, string] = ['', '']): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof RangeError) throw new ArgumentError(error.message.replace(...named));
    throw error;
  }
}

function ids(registry: readonly { readonly id: string }[]): string {
  return registry.map(({ id }) => id).join(', ');
}
