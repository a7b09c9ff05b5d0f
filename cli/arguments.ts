import { findGuidanceRule } from '../src/diffusion/guidance';
import { checkModifiers, resampled } from '../src/diffusion/guidance/modifiers';
import { checkSampler, type GuidanceRule } from '../src/diffusion/guidance/rule';
import { type NumberParameter, type Parameters, parameterValue } from '../src/diffusion/parameters';
import { sampleSeed } from '../src/diffusion/random';
import { guidanceModifiers } from '../src/diffusion/run';
import { findSampler } from '../src/diffusion/samplers';
import type { Sampler } from '../src/diffusion/samplers/sampler';
import { findSchedule } from '../src/diffusion/schedules';
import { type ColumnSettings, DEFAULT_COLUMN } from '../src/settings/column';
import { FlagError, type RunFlag } from '../src/settings/run-row';
import { RUN_SETTINGS, type RunSetting } from '../src/settings/run-settings';
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
  parseLists,
  textOf,
  wholeNumber,
} from './flags';
import { promptIndex, type StageRequest, stageFlags, stageRequests } from './stages';

/** What is drawn, and how; classes by their names: whether the model has them is not known here. */
export interface SampleArguments extends ColumnSettings {
  /** What is asked of stages of a cascade, by the side of their pictures. */
  readonly asked: readonly StageRequest[];
  readonly model: string;
  /** Class names as given, "null" for the null label; undefined: every class. */
  readonly labels: readonly string[] | undefined;
  /** Prompts as given, "" for none; undefined: none was given. */
  readonly prompts: readonly string[] | undefined;
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

/** A flag that `readRun` reads, with the setting that it sets. */
interface SettingFlag extends RunFlag<unknown> {
  readonly setting: RunSetting;
}

const settingFlags: readonly SettingFlag[] = RUN_SETTINGS.flatMap((setting) =>
  setting.flags.map((flag) => ({ ...flag, setting })),
).toSorted((a, b) => a.order - b.order);

/** The flags that `readRun` reads, beside the parameters'. */
export const runFlags: readonly Flag[] = settingFlags.map(
  ({ flag, placeholder, fallback, help }) => [flag, placeholder, fallback, help],
);

const sampleFlags = [
  ['model', 'ID', 'letters', 'network, a folder of public/models'],
  ['labels', 'A,B,null', undefined, 'classes; null for no class (default: every class)'],
  ['prompt', 'TEXT', undefined, 'of a network that takes prompts; can be given several times'],
  ['seeds', '0-7,12', '0-7', 'seeds of every class'],
  [
    'page-seed',
    'N',
    undefined,
    'a seed of the page: --seeds then counts its samples, the first is 0',
  ],
  ...runFlags,
  ['augmentation', 'LEVEL', undefined, 'of every stage that enlarges, 0 to 1'],
  ...stageFlags,
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

type SampleFlag = (typeof sampleFlags)[number][0];

/** What may be given several times. */
const REPEATED = ['prompt', ...stageFlags.map(([flag]) => flag)];

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
  const single = sampleFlags.filter(([flag]) => !REPEATED.includes(flag));
  const { given, lists } = parseLists(args, single, ['judge'], REPEATED);
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
    prompts: lists.prompt,
    seeds: seedsOf(text('seeds')!, text('page-seed')),
    ...readRun(given),
    asked: stageRequests(given.augmentation, lists),
    batch: wholeNumber('batch', text('batch')!, 1, 4096),
    precision,
    threads: wholeNumber('threads', text('threads')!, 0, 256),
    out: text('out'),
    zoom: wholeNumber('zoom', text('zoom')!, 1, 64),
    judge: given.judge !== undefined,
    raw: text('raw'),
  };
}

/** Reads the flags that say how samples are drawn. @throws ArgumentError */
export function readRun(given: Given): ColumnSettings {
  let run = DEFAULT_COLUMN;
  for (const setting of RUN_SETTINGS) {
    const flags = settingFlags.filter((flag) => flag.setting === setting);
    // Of several flags for one setting, one is given: `refuseIdleFlags` sees to it.
    const used = flags.findLast(({ flag }) => given[flag] !== undefined) ?? flags[0];
    const text = used && (given[used.flag] ?? used.fallback);
    if (used && text !== undefined)
      run = setting.put(
        run,
        asArgument(() => used.read(text), used.flag),
      );
  }
  const sampler = findSampler(run.sampler);
  const rule = findGuidanceRule(run.guidance);
  asArgument(() => checkSampler(rule, sampler));
  refuseIdleFlags(given, rule);
  const parameters = parseParameters(given, sampler, [findSchedule(run.schedule), rule]);
  // A results file lists the scale of every step.
  const curve = run.curve && resampled(run.curve, run.numSteps);
  run = { ...run, curve, parameters };
  asArgument(() => checkModifiers(guidanceModifiers(run), run.numSteps));
  return run;
}

/** Second class and negative class of a run by their indices. @throws ArgumentError for others */
export function classIndices(
  { mix, negative }: Pick<ColumnSettings, 'mix' | 'negative'>,
  classes: readonly string[],
) {
  return {
    mix: mix ? { with: classIndex('mix', mix.name, classes), share: mix.share } : undefined,
    negative: negative === null ? undefined : classIndex('negative', negative, classes),
  };
}

/** Prompts to those that are asked for and the indices of all that are named. @throws ArgumentError */
export function promptIndices({
  model,
  labels,
  prompts,
  mix,
  negative,
  asked,
}: Pick<SampleArguments, 'model' | 'labels' | 'prompts' | 'mix' | 'negative' | 'asked'>) {
  if (labels) {
    throw new ArgumentError(`--labels: ${model} has no classes, give --prompt "a red apple"`);
  }
  if (!prompts) throw new ArgumentError(`--prompt: ${model} needs one, or "" for none; got none`);
  const others = [mix?.name, negative, ...asked.map((request) => request.asked.text)];
  const named = [...prompts, ...others.filter((text) => text !== undefined && text !== null)];
  const all = [...new Set(named.filter((prompt) => prompt.trim() !== ''))];
  const indexOf = (prompt: string) => promptIndex(all, prompt);
  return {
    prompts: all,
    labels: prompts.map(indexOf),
    mix: mix ? { with: indexOf(mix.name), share: mix.share } : undefined,
    negative: negative === null ? undefined : indexOf(negative),
  };
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
export function classIndex(flag: string, name: string, classes: readonly string[]): number {
  const index = classes.indexOf(name);
  if (index >= 0) return index;
  throw new ArgumentError(`--${flag} must be of ${classes.join(',')}, got "${name}"`);
}

/** @throws ArgumentError for a flag that the rule or another flag leaves without effect */
function refuseIdleFlags(given: Given, rule: GuidanceRule) {
  const used = settingFlags.filter(({ flag }) => given[flag] !== undefined);
  const refuse = (flag: string, because: string) => {
    throw new ArgumentError(`--${flag} has no effect with ${because}`);
  };
  for (const { flag, setting, ofRule } of used) {
    const meant = (setting.ofRule?.(rule) ?? true) && (ofRule?.(rule) ?? true);
    if (!meant) refuse(flag, `--guidance ${rule.id}`);
  }
  for (const [i, { flag, setting }] of used.entries()) {
    const other = used.slice(i + 1).find((later) => later.setting === setting);
    if (other) refuse(flag, `--${other.flag}: give one`);
    const { replacedBy } = setting;
    if (replacedBy && given[replacedBy] !== undefined) refuse(flag, `--${replacedBy}`);
  }
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
    asArgument(() => parameterValue(own, params), flag, [`Parameter "${own.id}"`, `--${flag}`]);
  }
  const stochastic = sampler.stochastic(params);
  for (const { id, acts } of users.flatMap(({ parameters }) => parameters)) {
    if (params[id] !== undefined && acts?.({ params, stochastic }) === false) {
      throw new ArgumentError(`--${kebab(id)} has no effect with these settings of ${sampler.id}`);
    }
  }
  return params;
}

/** Noise seeds, or the samples of a page's seed that the page draws. */
function seedsOf(text: string, pageSeed: string | undefined): number[] {
  const seeds = parseSeeds(text);
  if (pageSeed === undefined) return seeds;
  const seed = wholeNumber('page-seed', pageSeed, 0);
  return asArgument(() => seeds.map((k) => sampleSeed(seed, k)));
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

/**
 * Turns what a reader or a registry refuses into the user's error.
 *
 * @param flag the flag that is read, for what its text must be
 * @param named what the registry calls a thing, and the user's name of it
 */
function asArgument<T>(find: () => T, flag = '', named: readonly [string, string] = ['', '']): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof FlagError) throw new ArgumentError(`--${flag} ${error.message}`);
    if (error instanceof RangeError) throw new ArgumentError(error.message.replace(...named));
    throw error;
  }
}
