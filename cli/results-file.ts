import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ColumnSettings } from '../src/settings/column';
import {
  parseResults,
  type Results,
  type ResultsPoint,
  type ResultsSettings,
  writeResults,
} from '../src/settings/results';
import { RUN_SETTINGS, type RunSetting } from '../src/settings/run-settings';
import { ArgumentError, kebab, parameterFlags } from './flags';
import { checkOutput, writeWhole } from './outputs';

/** What a sweep fixes: a file of anything else is not continued. */
export interface Plan {
  readonly model: Results['features'];
  readonly features: Results['features'];
  /** What draws beside the model, and the prompts in turn; absent: none. */
  readonly networks?: Results['curves'][number]['networks'];
  readonly prompts?: readonly string[] | undefined;
  readonly samples: number;
  readonly seed: number;
  readonly varied: readonly string[];
  readonly settings: readonly ResultsSettings[];
}

/**
 * The finished points of a file that a sweep continues; none where there is no file yet.
 *
 * @throws ResultsError for a file that holds no results; ArgumentError for other results than the
 *   sweep's, or a folder that cannot be written to
 */
export async function finishedPoints(path: string, plan: Plan): Promise<readonly ResultsPoint[]> {
  await checkOutput('out', path);
  let source: string;
  try {
    source = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
  const { curves, features } = parseResults(source, path);
  const [curve] = curves;
  const other = (difference: string) =>
    new ArgumentError(`${path} holds another sweep (${difference}): give another --out`);
  if (curve === undefined || curves.length !== 1) throw other(`${curves.length} curves`);
  if (!isDeepStrictEqual(curve.model, plan.model)) throw other(`of ${curve.model.id}`);
  if (!isDeepStrictEqual(features, plan.features)) throw other(`judged by ${features.id}`);
  if (!isDeepStrictEqual(curve.networks, plan.networks)) throw other('by other stages');
  if (!isDeepStrictEqual(curve.prompts, plan.prompts)) {
    throw other(`${curve.prompts?.length ?? 0} prompts, the first "${curve.prompts?.[0] ?? ''}"`);
  }
  if (!isDeepStrictEqual(curve.varied, plan.varied)) throw other(`over ${curve.varied.join(', ')}`);
  for (const point of curve.points) {
    if (point.samples !== plan.samples) throw other(`${point.samples} samples a point`);
    if (point.seed !== plan.seed) throw other(`seed ${point.seed}`);
    const [before, now] = [point.settings, plan.settings[0]!].map((settings) =>
      fixed(settings, plan.varied),
    );
    for (const [name, value] of Object.entries(before!)) {
      if (!isDeepStrictEqual(value, now![name])) throw other(`${name} ${JSON.stringify(value)}`);
    }
  }
  return curve.points;
}

/** Writes the whole file or leaves the one before. @throws Error that names the file */
export async function writeResultsFile(path: string, results: Results): Promise<void> {
  await writeWhole(path, writeResults(results));
}

/**
 * The number that a varied setting has at a point; a file leaves out parameters at their defaults.
 *
 * @throws ArgumentError for a setting that is no number
 */
export function numberAt({ parameters, ...settings }: ResultsSettings, name: string): number {
  const [setting] = settingsNamed(name);
  const own = setting?.of({ ...settings, parameters } as ColumnSettings);
  if (typeof own === 'number') return own;
  const value = parameters[name] ?? parameterFlags.get(kebab(name))?.parameter.default;
  if (value !== undefined) return value;
  throw new ArgumentError(`What is varied must be a number known here, got "${name}"`);
}

/** The settings that a name in a results file stands for: one, or that of every stage of a cascade. */
export function settingsNamed(name: string): RunSetting[] {
  return RUN_SETTINGS.filter(
    ({ property }) => property === name || property.replace(/-\d$/, '') === name,
  );
}

/** The settings that all points of a sweep share. */
function fixed(all: ResultsSettings, varied: readonly string[]): Record<string, unknown> {
  const ofStages = varied.flatMap(settingsNamed).filter(({ property }) => property.includes('-'));
  const { parameters, ...settings } = ofStages.reduce(
    (column, setting) => setting.put(column, setting.default),
    all as ColumnSettings,
  );
  // A curve has a scale a step.
  const left = varied.includes('numSteps') ? [...varied, 'curve'] : varied;
  const without = (entries: object) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => !left.includes(name)));
  return { ...without(settings), parameters: without(parameters) };
}
