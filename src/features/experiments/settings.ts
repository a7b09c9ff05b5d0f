import type { ColumnSettings, Named } from '../../settings/column';
import { readColumn, writeColumn } from '../../settings/column-text';
import { withKnownClasses } from '../../settings/run-settings';
import { defineSlice } from '../../settings/slice';

export type ExperimentId = 'strength' | 'p-uncond' | 'steps' | 'temperature';

/**
 * What the swept w stands for in a series. `scale`: the rule's guidanceScale is 1 + w. `scale+1`: it
 * is 2 + w, as classifier guidance of the unconditional network needs it. `noise`: the noise of the
 * run is scaled by the temperature 1 / (1 + w).
 */
export type Varied = 'scale' | 'scale+1' | 'noise';

/** A curve: one setting of everything but what is swept. */
export interface Series {
  /** Id of the denoiser; null: the one that is loaded. */
  readonly model: string | null;
  readonly column: ColumnSettings;
  readonly varies: Varied;
}

/** The experiment as the address keeps it. */
export interface ExperimentSettings {
  readonly id: ExperimentId;
  /** Samples a point, spread evenly over the classes or prompts; null: the network's own. */
  readonly samples: number | null;
  /** The swept w, or for `steps` the sampler's evaluations T; null: the experiment's own. */
  readonly values: readonly number[] | null;
  /** null: the experiment's own. */
  readonly series: readonly Series[] | null;
  /** Whether the paper's table is drawn beside. */
  readonly overlay: boolean;
}

export const EXPERIMENT_LIMITS = {
  samples: { min: 8, max: 10_000, step: 1 },
  /** As the guidance scale's in settings.ts, less 1. */
  w: { min: -3, max: 14 },
  steps: { min: 1, max: 1024 },
  values: 32,
  series: 8,
} as const;

export const DEFAULT_EXPERIMENT: ExperimentSettings = {
  id: 'strength',
  samples: null,
  values: null,
  series: null,
  overlay: true,
};

/** The experiment without the classes that a model does not know, mixed in or led away from. */
function experimentFittedTo(experiment: ExperimentSettings, model: Named): ExperimentSettings {
  const fitted = experiment.series?.map((one) => ({
    ...one,
    column: withKnownClasses(one.column, model),
  }));
  const same = fitted?.every(({ column }, i) => column === experiment.series?.[i]?.column);
  if (!fitted || same) return experiment;
  return { ...experiment, series: fitted };
}

/** Whether the swept values are evaluations T of the sampler, else they are w. */
export function sweepsSteps(id: ExperimentId): boolean {
  return id === 'steps';
}

/**
 * Reads an experiment as the address holds it: `steps!n:52!at:4,8!s:sampler:heun,scale:1.3`, its
 * parts separated by `!`.
 *
 * @returns undefined for text that makes no sense
 */
function readExperiment(raw: string): ExperimentSettings | undefined {
  const [id, ...parts] = raw.split('!');
  if (!isExperimentId(id)) return undefined;
  let read: ExperimentSettings = { ...DEFAULT_EXPERIMENT, id };
  const series: Series[] = [];
  for (const part of parts) {
    const at = part.indexOf(':');
    const [key, text] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    if (key === 'n') {
      const samples = Number(text);
      if (!isSampleCount(samples)) return undefined;
      read = { ...read, samples };
    } else if (key === 'at') {
      const values = text.split(',').map((value) => (value === '' ? Number.NaN : Number(value)));
      if (!areValues(values, id)) return undefined;
      read = { ...read, values };
    } else if (key === 'plain') {
      read = { ...read, overlay: false };
    } else if (key === 's') {
      const one = readSeries(text);
      if (!one) return undefined;
      series.push(one);
    } else return undefined;
  }
  if (series.length > EXPERIMENT_LIMITS.series) return undefined;
  return series.length ? { ...read, series } : read;
}

function writeExperiment({ id, samples, values, series, overlay }: ExperimentSettings): string {
  const parts: string[] = [id];
  if (samples !== null) parts.push(`n:${samples}`);
  if (values) parts.push(`at:${values.join(',')}`);
  if (!overlay) parts.push('plain');
  for (const { model, column, varies } of series ?? []) {
    const pairs = [...writeColumn(column)].map(([key, value]) => `${key}:${escaped(value)}`);
    if (model !== null) pairs.unshift(`model:${model}`);
    if (varies !== 'scale') pairs.unshift(`varies:${varies}`);
    parts.push(`s:${pairs.join(',')}`);
  }
  return parts.join('!');
}

function readSeries(text: string): Series | undefined {
  const pairs = new Map<string, string>();
  for (const pair of text === '' ? [] : text.split(',')) {
    const at = pair.indexOf(':');
    if (at < 1) return undefined;
    pairs.set(pair.slice(0, at), unescaped(pair.slice(at + 1)));
  }
  const model = pairs.get('model') ?? null;
  const varies = pairs.get('varies') ?? 'scale';
  pairs.delete('model');
  pairs.delete('varies');
  if (model !== null && !/^[\w-]{1,64}$/.test(model)) return undefined;
  if (varies !== 'scale' && varies !== 'scale+1' && varies !== 'noise') return undefined;
  const column = readColumn(pairs);
  return column && { model, column, varies };
}

export const EXPERIMENT_IDS: readonly ExperimentId[] = [
  'strength',
  'p-uncond',
  'steps',
  'temperature',
];

function isExperimentId(text: string | undefined): text is ExperimentId {
  return EXPERIMENT_IDS.some((id) => id === text);
}

export function isSampleCount(samples: number): boolean {
  const { min, max } = EXPERIMENT_LIMITS.samples;
  return Number.isInteger(samples) && samples >= min && samples <= max;
}

/** Whether these values can be swept: some, not too many, each in range and only once. */
export function areValues(values: readonly number[], id: ExperimentId): boolean {
  const steps = sweepsSteps(id);
  const { min, max } = steps ? EXPERIMENT_LIMITS.steps : EXPERIMENT_LIMITS.w;
  return (
    values.length > 0 &&
    values.length <= EXPERIMENT_LIMITS.values &&
    new Set(values).size === values.length &&
    values.every((value) => value >= min && value <= max && (!steps || Number.isInteger(value)))
  );
}

/** What is swept on the page of experiments. */
export const experimentSlice = defineSlice<ExperimentSettings>({
  key: 'experiment',
  default: DEFAULT_EXPERIMENT,
  read: readExperiment,
  write: writeExperiment,
  fitTo: experimentFittedTo,
});

/** Commas, exclamation marks and colons of a name, where they separate. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll(',', '%2C').replaceAll('!', '%21');
}

function unescaped(text: string): string {
  return text.replaceAll('%21', '!').replaceAll('%2C', ',').replaceAll('%25', '%');
}
