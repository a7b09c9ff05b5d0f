import { readFileSync } from 'node:fs';
import { findGuidanceRule } from '../src/diffusion/guidance';
import type { DenoiserManifest } from '../src/networks/manifest';
import { type ColumnSettings, withoutDefaultParameters } from '../src/settings/column';
import type { ResultsSettings } from '../src/settings/results';
import { RUN_SETTINGS } from '../src/settings/run-settings';
import { readRun, runFlags } from './arguments';
import {
  ArgumentError,
  type Flag,
  flagLines,
  type Given,
  helpLine,
  parameterFlags,
  parameterLines,
  parseLists,
  textOf,
  wholeNumber,
} from './flags';
import {
  type StageRequest,
  stageFlags,
  stageProperty,
  stageRequests,
  withStageChoices,
} from './stages';

/** Points of a sweep, at most. */
const MAX_POINTS = 1000;

/** One point: how its samples are drawn, and what a results file says of that. */
export interface SweepPoint {
  readonly run: ColumnSettings;
  readonly settings: ResultsSettings;
}

/** A point of a network that is not known yet: what is asked of its stages stands beside. */
interface AskedPoint extends SweepPoint {
  readonly asked: readonly StageRequest[];
}

export interface SweepArguments {
  readonly model: string;
  /** Samples a point. */
  readonly samples: number;
  /** Sample k of every point has seed + k. */
  readonly seed: number;
  readonly batch: number;
  /** Programs that draw at the same time; 0: one a core. */
  readonly processes: number;
  readonly out: string;
  /** Prompts that the samples go through in turn, "" for none; undefined: none were given. */
  readonly prompts: readonly string[] | undefined;
  readonly points: readonly AskedPoint[];
  /**
   * The settings that the points differ in, by their names in a results file; of a stage, as
   * `pointsOf` reads them.
   */
  readonly varied: readonly string[];
  /** The command as it was given. */
  readonly command: string;
}

/** The settings that are numbers: a sweep has a grid of each. */
const numericSettings = RUN_SETTINGS.filter(({ axis }) => axis?.kind === 'numbers');

/** The flags of everything else: one value for all points. */
const sharedFlags = runFlags.filter(
  ([flag]) => !numericSettings.some(({ flags }) => flags.some((own) => own.flag === flag)),
);

/** The grids with a flag each: those of the scales have two of their own. */
const gridFlags = numericSettings
  .filter(({ property }) => property !== 'guidanceScale')
  .flatMap(({ property, flags }) => flags.map((flag) => ({ ...flag, property })));

/** Of a stage of a cascade: a grid of numbers, as 32=1,2,4. */
const stageGrids = ['stage-scale', 'stage-steps', 'stage-augmentation'];
/** What may be given several times. */
const REPEATED = ['prompt', 'stage-prompt', ...stageGrids];

const sweepFlags: readonly Flag[] = [
  ['model', 'ID', 'letters', 'network, a folder of public/models'],
  ['prompt', 'TEXT', undefined, 'of a network that takes prompts; can be given several times'],
  [
    'prompts',
    'FILE',
    undefined,
    "prompts, one a line (default: those of the judge's own pictures)",
  ],
  ['scales', '0:4,6', undefined, 'guidance scales s, 1 is off (default: --ws of the paper)'],
  ['ws', '0:0.9:0.1,1:4', undefined, "the paper's guidance strengths w = s - 1, 0 is off"],
  ...gridFlags.map(
    ({ flag, fallback, help }): Flag => [flag, '4,8,16', fallback, `${help}, a grid`],
  ),
  ['augmentation', '0,0.1', undefined, 'of every stage that enlarges, 0 to 1, a grid'],
  ...stageFlags
    .filter(([flag]) => REPEATED.includes(flag))
    .map(
      ([flag, placeholder, fallback, help]): Flag =>
        stageGrids.includes(flag)
          ? [flag, '32=1,2,4', fallback, `${help}, a grid`]
          : [flag, placeholder, fallback, help],
    ),
  ['samples', 'N', '2600', 'samples a point, spread evenly over the classes or prompts'],
  ['seed', 'N', '0', 'sample k of every point has the seed N + k'],
  ...sharedFlags,
  ['batch', 'N', '26', 'samples that run together'],
  ['processes', 'N', '0', 'programs that draw at the same time; 0: one a core'],
  ['out', 'FILE.json', undefined, 'results; a sweep that was stopped goes on from this file'],
];

/** The grid of 2207.12598, Table 1. */
const PAPER_WS = '0:0.9:0.1,1:4';

export function sweepHelp(): string {
  return [
    'Measures samples over a grid of settings, on the CPU, with the code of the page.',
    '',
    'npm run sweep -- --model letters --guidance cfg --scales 0:4 --steps 20 --samples 5000 --out results.json',
    '',
    'A grid is a list of numbers and of ranges FROM:TO (in steps of 1) or FROM:TO:STEP.',
    '',
    ...flagLines(sweepFlags),
    helpLine('--help', 'this text'),
    '',
    'Settings of samplers, schedules and rules; a grid each:',
    ...parameterLines(),
    '',
  ].join('\n');
}

/** Reads the command line; undefined when it asks for help. @throws ArgumentError */
export function parseSweep(args: readonly string[]): SweepArguments | undefined {
  const single = sweepFlags.filter(([flag]) => !REPEATED.includes(flag));
  const { given, lists } = parseLists(args, single, [], REPEATED);
  if (given.help !== undefined) return undefined;
  const text = (flag: string) => textOf(given, sweepFlags, flag);
  const out = text('out');
  if (out === undefined) throw new ArgumentError('Nowhere to write to: give --out FILE.json');

  const samples = wholeNumber('samples', text('samples')!, 1, 1_000_000);
  const seed = wholeNumber('seed', text('seed')!, 0);
  if (seed + samples > 2 ** 32) {
    throw new ArgumentError(
      `--seed and --samples must stay below 2^32 together, got ${seed} and ${samples}`,
    );
  }
  const { points, varied } = gridOf(given, lists);
  return {
    model: text('model')!,
    samples,
    seed,
    batch: wholeNumber('batch', text('batch')!, 1, 4096),
    processes: wholeNumber('processes', text('processes')!, 0, 256),
    out,
    prompts: promptsOf(lists.prompt, given.prompts),
    points,
    varied,
    command: ['npm run sweep --', ...args.map(quoted)].join(' '),
  };
}

/** The points of a network: what is asked of its stages is among their settings. @throws ArgumentError */
export function pointsOf(
  { model, points, varied }: Pick<SweepArguments, 'model' | 'points' | 'varied'>,
  manifest: Pick<DenoiserManifest, 'stages'>,
): { readonly points: readonly SweepPoint[]; readonly varied: readonly string[] } {
  const sides = (manifest.stages ?? []).map(({ shape }) => shape[1]);
  return {
    points: points.map(({ run, asked }) => {
      const column = withStageChoices(run, { model, asked }, manifest);
      return { run: column, settings: withoutDefaultParameters(column) };
    }),
    varied: varied.map((name) => {
      const [, setting, side] = /^stage-(\w+) (\d+)$/.exec(name) ?? [];
      return setting ? stageProperty(setting, sides.indexOf(Number(side))) : name;
    }),
  };
}

/** The prompts of flags and of a file. @throws ArgumentError */
function promptsOf(given: readonly string[] | undefined, file: string | undefined) {
  if (file === undefined) return given;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ArgumentError(`--prompts: ${file} cannot be read (${code})`);
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0)
    throw new ArgumentError(`--prompts: ${file} must hold a prompt a line, it is empty`);
  return [...(given ?? []), ...lines];
}

/** An axis of the grid: a flag, and the setting's name in a results file. */
interface Axis {
  readonly flag: string;
  /** Of a stage: the side of its pictures. */
  readonly side?: number;
  readonly name: string;
  readonly values: readonly number[];
}

/** Flags that were given, some of them several times. */
interface Combination {
  readonly given: Given;
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

function gridOf(given: Given, lists: Combination['lists']) {
  const shared: Record<string, string | undefined> = {};
  for (const [flag] of sharedFlags) shared[flag] = given[flag];
  const axes: Axis[] = [...scaleAxis(given, shared)];
  for (const { flag, fallback, property } of gridFlags) {
    const text = given[flag] ?? fallback;
    if (text !== undefined) axes.push({ flag, name: property, values: grid(flag, text) });
  }
  for (const [flag, { parameter }] of parameterFlags) {
    const text = given[flag];
    if (text !== undefined) axes.push({ flag, name: parameter.id, values: grid(flag, text) });
  }
  axes.push(...stageAxes(given.augmentation, lists));
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MAX_POINTS) {
    throw new ArgumentError(`A sweep must have at most ${MAX_POINTS} points, got ${count}`);
  }
  const own = lists['stage-prompt'];
  let combinations: Combination[] = [{ given: shared, lists: own ? { 'stage-prompt': own } : {} }];
  for (const axis of axes.toReversed()) {
    combinations = axis.values.flatMap((value) =>
      combinations.map((combination) => withValue(combination, axis, value)),
    );
  }
  const points = combinations.map(({ given, lists }): AskedPoint => {
    const run = readRun(given);
    const asked = stageRequests(given.augmentation, lists);
    return { run, settings: withoutDefaultParameters(run), asked };
  });
  const [first] = axes;
  const several = axes.filter(({ values }) => values.length > 1).map(({ name }) => name);
  return { points, varied: several.length ? several : [first!.name] };
}

function withValue(
  { given, lists }: Combination,
  { flag, side }: Axis,
  value: number,
): Combination {
  if (side === undefined) return { given: { ...given, [flag]: `${value}` }, lists };
  return { given, lists: { ...lists, [flag]: [`${side}=${value}`, ...(lists[flag] ?? [])] } };
}

/** What is varied of stages of a cascade. @throws ArgumentError */
function stageAxes(augmentation: string | undefined, lists: Combination['lists']): Axis[] {
  const all: Axis[] =
    augmentation === undefined
      ? []
      : [
          {
            flag: 'augmentation',
            name: 'augmentation',
            values: grid('augmentation', augmentation),
          },
        ];
  const each = stageGrids.flatMap((flag) =>
    (lists[flag] ?? []).map((given): Axis => {
      const [, side, text] = /^(\d{1,4})=(.+)$/.exec(given) ?? [];
      if (side === undefined || text === undefined) {
        throw new ArgumentError(`--${flag} must be SIDE=NUMBERS such as 32=1,2,4, got "${given}"`);
      }
      return { flag, side: Number(side), name: `${flag} ${side}`, values: grid(flag, text) };
    }),
  );
  const names = [...all, ...each].map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new ArgumentError(`--${twice} is given twice: give one grid`);
  return [...all, ...each];
}

/** The scales as an axis; none where the guidance has no scale to vary. */
function scaleAxis(given: Given, shared: Given): Axis[] {
  if (given.scales !== undefined && given.ws !== undefined) {
    throw new ArgumentError('--scales and --ws are the same grid: give one');
  }
  const asked = given.scales ?? given.ws;
  const { guidance, curve } = readRun(shared);
  const { usesScale } = findGuidanceRule(guidance);
  if (!usesScale || curve) {
    const because = usesScale ? '--curve' : `--guidance ${guidance}`;
    const flag = given.scales === undefined ? 'ws' : 'scales';
    if (asked !== undefined) throw new ArgumentError(`--${flag} has no effect with ${because}`);
    return [];
  }
  const values =
    given.scales === undefined
      ? grid('ws', given.ws ?? PAPER_WS).map((w) => rounded(1 + w))
      : grid('scales', given.scales);
  return [{ flag: 'scale', name: 'guidanceScale', values }];
}

/** "0:0.9:0.1,1:4" as numbers, each once. @throws ArgumentError */
function grid(flag: string, text: string): number[] {
  const impossible = (why: string) => new ArgumentError(`--${flag} ${why}, got "${text}"`);
  const values = text.split(',').flatMap((part) => {
    const numbers = part.split(':').map((digits) => (digits.trim() === '' ? NaN : Number(digits)));
    const [from, to = from, step = 1] = numbers;
    if (numbers.length > 3 || !numbers.every(Number.isFinite)) {
      throw impossible('must be numbers and ranges such as 1,2.5 or 0:4 or 0:0.9:0.1');
    }
    if (step <= 0) throw impossible('must have steps above 0 in its ranges');
    if (to! < from!) throw impossible('must have ranges that rise');
    // A range ends at its end in spite of rounding.
    const last = Math.floor((to! - from!) / step + 1e-9);
    if (last >= MAX_POINTS) throw impossible(`must have at most ${MAX_POINTS} values`);
    return Array.from({ length: last + 1 }, (_, i) => rounded(from! + i * step));
  });
  return [...new Set(values)];
}

/** 0.1 · 3 is 0.3 and no more. */
function rounded(value: number): number {
  return Number(value.toFixed(9));
}

/** An argument as a shell reads it. */
function quoted(argument: string): string {
  return /^[\w.,:=/@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
