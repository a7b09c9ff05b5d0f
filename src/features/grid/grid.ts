import { findGuidanceRule } from '../../diffusion/guidance';
import { takesLabel, takesNegative } from '../../diffusion/guidance/rule';
import type { NumberParameter } from '../../diffusion/parameters';
import type { Manifest } from '../../networks/manifest';
import type { Cell, GridState, Refusal } from '../../settings/grid-state';
import {
  type Axis,
  actingParameters,
  CHOICES,
  type ColumnSettings,
  canPredict,
  declaredParameters,
  knownSubject,
  LIMITS,
  type Predicting,
  type Settings,
  type Subject,
  sampleSettings,
} from '../../settings/settings';
import { allParameters, atValue, type Place } from '../../settings/url';

/** Whether there is still something to come, with nothing in its way. */
export function isGridBusy({ paused, cells }: GridState): boolean {
  const unfinished = cells.some(({ status }) => status === 'waiting' || status === 'running');
  return cells.length === 0 || (unfinished && !paused);
}

/** Settings that an axis may vary, beside the parameters of samplers, schedules and rules. */
const AXIS_KEYS = [
  'scale',
  'steps',
  'guidance',
  'sampler',
  'schedule',
  'interval',
  'shape',
  'threshold',
  'draw',
  'mix',
  'negative',
  'seed',
] as const;

/** How the values of an axis are edited: as a list of numbers, of intervals, of shares of a class, or one by one. */
export type AxisKind = 'numbers' | 'intervals' | 'shares' | 'choices';

export function axisKind(key: string): AxisKind {
  if (key === 'interval') return 'intervals';
  if (key === 'mix') return 'shares';
  const parameter = parameterOf(key);
  if (parameter ? !parameter.choices : ['scale', 'steps', 'seed'].includes(key)) return 'numbers';
  return 'choices';
}

export function parameterOf(key: string): NumberParameter | undefined {
  return allParameters().find(({ id }) => id === key);
}

/** Settings that name classes. */
const OF_CLASSES = ['draw', 'mix', 'negative'];

/**
 * What the axes of this grid may be: every setting, and the parameters that any of its cells has.
 *
 * @param classes those of the model; without any, nothing that names one is offered
 */
export function axisKeys(settings: Settings, classes: readonly string[]): string[] {
  const { gridRows, gridColumns } = settings;
  const base = basePlace(settings);
  const varied = [gridRows, gridColumns].flatMap(({ key, values }) =>
    values.map((value) => atValue(base, key, value)?.column ?? base.column),
  );
  const parameters = [base.column, ...varied].flatMap((column) =>
    actingParameters(column).map(({ id }) => id),
  );
  const general = AXIS_KEYS.filter((key) => classes.length > 0 || !OF_CLASSES.includes(key));
  return [...new Set([...general, ...parameters, gridRows.key, gridColumns.key])];
}

/** The values that an axis edited one by one can have, in their order. */
export function axisChoices({ key, values }: Axis, manifest: Predicting): string[] {
  const { classes } = manifest;
  const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id);
  const known = (): readonly string[] => {
    switch (key) {
      case 'guidance':
        return ids(CHOICES.guidance.filter((rule) => canPredict(rule, manifest)));
      case 'sampler':
        return ids(CHOICES.sampler);
      case 'schedule':
        return ids(CHOICES.schedule);
      case 'shape':
        return ids(CHOICES.shape);
      case 'threshold':
        return ['none', 'static', '99.5', '98', '95', '90'];
      case 'draw':
        return ['none', ...classes.map((name) => `class:${name}`)];
      case 'negative':
        return ['none', ...classes];
      default:
        return parameterOf(key)?.choices?.map(({ value }) => String(value)) ?? [];
    }
  };
  return [...new Set([...known(), ...values])];
}

/** As many values as a new axis begins with, where there are more. */
const FEW = 6;
const DEFAULT_VALUES: Readonly<Record<string, readonly string[]>> = {
  scale: ['1', '2', '3', '5', '8'],
  steps: ['2', '4', '8', '16', '32'],
  interval: ['all', '0.02~0.5', '0.2~2', '0.5~5', '2~80'],
  threshold: ['none', 'static', '99.5', '95'],
};

/** An axis over this setting with values that show something, beside what the other axis varies. */
export function newAxis(key: string, settings: Settings, manifest: Manifest, other: Axis): Axis {
  const { classes } = manifest;
  const base = basePlace(settings, manifest);
  const { subject } = base.settings;
  const others = classes.filter((name) => subject.kind !== 'class' || subject.name !== name);
  const values = (): readonly string[] => {
    switch (key) {
      case 'seed':
        return Array.from({ length: 5 }, (_, k) => String((settings.seed + k) % 2 ** 32));
      case 'draw':
        return classes.length ? classes.slice(0, FEW).map((name) => `class:${name}`) : ['none'];
      case 'negative':
        return ['none', ...others.slice(0, FEW - 1)];
      case 'mix':
        if (classes.length === 0) return ['none'];
        return [0, 0.25, 0.5, 0.75, 1].map((share) => `${others[0] ?? classes[0]}:${share}`);
      case 'guidance':
        // Those that the other axis says something of, without the rarer ones.
        return axisChoices({ key, values: [] }, manifest).filter((id) => {
          const rule = findGuidanceRule(id);
          const column = atValue(base, key, id)?.column ?? base.column;
          const first = other.key !== 'sampler' || !rule.firstOrderOnly;
          return !rule.advanced && first && uses(column, other.key);
        });
      default: {
        const parameter = parameterOf(key);
        if (parameter && !parameter.choices) return spread(parameter);
        return DEFAULT_VALUES[key] ?? axisChoices({ key, values: [] }, manifest);
      }
    }
  };
  return { key, values: [...new Set(values())].slice(0, LIMITS.axis) };
}

/** The default, both ends, and the middles between. */
function spread({ min, max, step, default: normal }: NumberParameter): string[] {
  const wanted = [min, (min + normal) / 2, normal, (normal + max) / 2, max];
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const rounded = wanted.map((value) =>
    value === normal ? value : Number((Math.round(value / step) * step).toFixed(digits)),
  );
  return [...new Set(rounded)].toSorted((a, b) => a - b).map(String);
}

/**
 * The axes without the values that a model does not know: its classes, and the rules that need a
 * network beside it. An axis of which nothing is left begins anew.
 */
export function axesFittedTo(
  settings: Settings,
  manifest: Manifest,
): Pick<Settings, 'gridRows' | 'gridColumns'> {
  const { gridRows, gridColumns } = settings;
  const subject = knownSubject(settings.subject, manifest.classes);
  const fitted = (axis: Axis, other: Axis): Axis => {
    const values = axis.values.filter((value) => knows(manifest, axis.key, value));
    if (values.length === axis.values.length) return axis;
    return values.some((value) => value !== 'none')
      ? { ...axis, values }
      : newAxis(axis.key, { ...settings, subject }, manifest, other);
  };
  return { gridRows: fitted(gridRows, gridColumns), gridColumns: fitted(gridColumns, gridRows) };
}

function knows(manifest: Manifest, key: string, value: string): boolean {
  const { classes } = manifest;
  if (value === 'none') return true;
  switch (key) {
    case 'guidance':
      return canPredict(findGuidanceRule(value), manifest);
    case 'draw':
      return classes.includes(value.slice(value.indexOf(':') + 1));
    case 'mix':
      return classes.includes(value.slice(0, value.lastIndexOf(':')));
    case 'negative':
      return classes.includes(value);
    default:
      return true;
  }
}

/** Every cell, row by row. */
export function gridCells(settings: Settings, manifest: Manifest): Cell[] {
  const { gridRows, gridColumns } = settings;
  return gridRows.values.flatMap((row) =>
    gridColumns.values.map((column) => cellAt(settings, manifest, row, column)),
  );
}

function cellAt(settings: Settings, manifest: Manifest, row: string, column: string): Cell {
  const { gridRows, gridColumns } = settings;
  // Parameters last: they belong to what the other axis chooses. And all twice: a parameter that acts
  // only beside another has fallen away if the other was still to come.
  const pieces = [
    { key: gridRows.key, value: row },
    { key: gridColumns.key, value: column },
  ].toSorted((a, b) => Number(isParameter(a.key)) - Number(isParameter(b.key)));
  let place = basePlace(settings, manifest);
  for (const { key, value } of [...pieces, ...pieces]) {
    const next = atValue(place, key, value);
    if (!next) {
      throw new RangeError(`The axis "${key}" must have values of its setting, got "${value}"`);
    }
    place = { ...next, settings: { ...next.settings, subject: oneClass(next.settings.subject) } };
  }
  const { subject, seed } = place.settings;
  const cell = { subject, seed, column: withoutDefaults(place.column) };
  const conflict = gridRows.key === gridColumns.key && row !== column;
  const sampler = pieces.find(({ key }) => key === 'sampler')?.value;
  const unused = pieces.find(({ key }) => !uses(place.column, key))?.key;
  const refusal: Refusal | undefined = conflict
    ? { kind: 'conflict' }
    : unused !== undefined
      ? { kind: 'unused', key: unused }
      : refusalOf(cell, sampler, manifest);
  if (refusal) return { ...cell, refusal };
  const sample = sampleSettings({ subject, seed, count: 1 }, cell.column, manifest);
  return { ...cell, sample, key: JSON.stringify(sample) };
}

/** What every cell starts from: the active column, and one sample of the page's class and seed. */
function basePlace(settings: Settings, manifest?: Manifest): Place {
  const active = settings.columns[settings.active]!;
  // A drawn course would stand in for the scale and its shape.
  const varied = [settings.gridRows.key, settings.gridColumns.key];
  const curve = varied.includes('scale') || varied.includes('shape') ? null : active.curve;
  const subject = oneClass(settings.subject);
  const unnamed = manifest && subject.kind === 'class' && subject.name === '';
  return {
    column: { ...active, curve },
    settings: {
      ...settings,
      count: 1,
      subject: unnamed ? knownSubject(subject, manifest.classes) : subject,
    },
  };
}

/** A cell is one sample: of several classes, the first. */
function oneClass(subject: Subject): Subject {
  return subject.kind === 'each' ? { kind: 'class', name: subject.names[0]! } : subject;
}

function isParameter(key: string): boolean {
  return !AXIS_KEYS.some((known) => known === key) && key !== 'curve';
}

/** Whether a column's choices leave a setting any meaning. */
function uses(column: ColumnSettings, key: string): boolean {
  const rule = findGuidanceRule(column.guidance);
  switch (key) {
    case 'scale':
    case 'interval':
    case 'shape':
    case 'curve':
      return rule.usesScale;
    case 'negative':
      return takesNegative(rule);
    case 'mix':
      return takesLabel(rule);
    default:
      return !isParameter(key) || actingParameters(column).some(({ id }) => id === key);
  }
}

/** As the controls and the address have it: a parameter at its default is not named. */
function withoutDefaults(column: ColumnSettings): ColumnSettings {
  const defaults = new Map(declaredParameters(column).map((p) => [p.id, p.default]));
  const set = Object.entries(column.parameters).filter(([id, value]) => defaults.get(id) !== value);
  return { ...column, parameters: Object.fromEntries(set) };
}

function refusalOf(
  { subject, column }: Pick<Cell, 'subject' | 'column'>,
  sampler: string | undefined,
  manifest: Manifest,
): Refusal | undefined {
  const { classes } = manifest;
  const { guidance, parameters, mix, negative } = column;
  const rule = findGuidanceRule(guidance);
  if (!canPredict(rule, manifest, parameters)) return { kind: 'prediction', guidance };
  // A rule that forbids the axis's sampler has been given another.
  if (sampler !== undefined && column.sampler !== sampler) {
    return { kind: 'sampler', guidance, sampler };
  }
  const names = [subject.kind === 'class' ? subject.name : null, mix?.name ?? null, negative];
  const unknown = names.find((name) => name !== null && !classes.includes(name));
  return unknown == null ? undefined : { kind: 'class', name: unknown };
}

/** The sampler that a value of the axis brings with it, where a rule cannot work with the active column's. */
export function broughtSampler(
  settings: Settings,
  { key }: Axis,
  value: string,
): string | undefined {
  const { gridRows, gridColumns } = settings;
  if ([gridRows.key, gridColumns.key].includes('sampler')) return undefined;
  const base = basePlace(settings);
  const sampler = atValue(base, key, value)?.column.sampler;
  return sampler === base.column.sampler ? undefined : sampler;
}
