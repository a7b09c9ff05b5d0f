import { findGuidanceRule } from '../diffusion/guidance';
import type { Strings } from '../kit/words/words';
import type { Manifest } from '../networks/manifest';
import { escaped, unescaped } from './address-text';
import {
  actingParameters,
  type ColumnSettings,
  consistent,
  DEFAULT_COLUMN,
  LIMITS,
  type Predicting,
} from './column';
import type { AxisStart, RunAxis } from './run-row';
import { RUN_SETTINGS, type RunSetting, settingOf } from './run-settings';
import type { Axis, Settings } from './settings';
import { knownSubject, readSubject, type Subject, seedText } from './subject';

/** The settings of the page with those of one column: what a cell of the grid is made from. */
export interface CellBase {
  readonly settings: Settings;
  readonly column: ColumnSettings;
}

/** A setting that an axis of the grid may vary; values are texts of the address. */
export interface AxisSetting {
  readonly key: string;
  readonly axis: RunAxis;
  /** Whether it is a parameter of a sampler, a schedule or a rule. */
  readonly isParameter: boolean;
  name(strings: Strings): string;
  /** The base with this value; undefined: the text makes no sense. */
  put(base: CellBase, text: string): CellBase | undefined;
  /** Whether the model can follow the value. */
  fits(text: string, model: Predicting): boolean;
  /** Whether a column's choices leave it any meaning. */
  applies(column: ColumnSettings): boolean;
  /** A value in words. */
  words(text: string, settings: Settings, strings: Strings): string;
}

/** As many values as a new axis begins with, where there are more. */
const FEW = 6;

/** The page's class as an axis: one class a value, or none. */
const drawAxis: AxisSetting = {
  key: 'draw',
  isParameter: false,
  axis: {
    order: 9,
    kind: 'choices',
    ofClasses: true,
    choices: ({ classes }) => ['none', ...classes.map((name) => `class:${name}`)],
    start: ({ model: { classes } }) =>
      classes.length ? classes.slice(0, FEW).map((name) => `class:${name}`) : ['none'],
  },
  name: ({ axis }) => axis.class,
  put({ settings, column }, text) {
    const subject = readSubject(text);
    return subject && { column, settings: { ...settings, subject } };
  },
  fits: (text, { classes }) => text === 'none' || classes.includes(className(text)),
  applies: () => true,
  words: (text, _, { controls, stage }) =>
    text === 'none' ? stage.unconditional : controls.classOf(className(text)),
};

const className = (text: string) => text.slice(text.indexOf(':') + 1);

/** The page's seed as an axis. */
const seedAxis: AxisSetting = {
  key: 'seed',
  isParameter: false,
  axis: {
    order: 12,
    kind: 'numbers',
    step: 1,
    start: ({ seed }) => Array.from({ length: 5 }, (_, k) => String((seed + k) % 2 ** 32)),
  },
  name: ({ controls }) => controls.seed,
  put({ settings, column }, text) {
    const seed = seedText.read(text);
    return seed === undefined ? undefined : { column, settings: { ...settings, seed } };
  },
  fits: () => true,
  applies: () => true,
  words: (text, _, { axis }) => axis.seed(text),
};

const PAGE_AXES: readonly AxisSetting[] = [drawAxis, seedAxis];

/** The settings that every grid can vary, in the order of the menu. */
const GENERAL_AXES: readonly AxisSetting[] = [
  ...RUN_SETTINGS.filter(({ axis }) => axis).map(ofColumn),
  ...PAGE_AXES,
].toSorted((a, b) => a.axis.order - b.axis.order);

/** The setting that an axis of this key varies; undefined for a key that no axis may have. */
export function axisSetting(key: string): AxisSetting | undefined {
  const page = PAGE_AXES.find((setting) => setting.key === key);
  const setting = settingOf(key);
  return page ?? (setting && ofColumn(setting));
}

/** A setting of columns as an axis. A curve is on no menu, but can be linked to. */
function ofColumn(setting: RunSetting): AxisSetting {
  const { key, parameter, axis = { order: 0, kind: 'choices' }, caption } = setting;
  return {
    key,
    axis,
    isParameter: parameter !== undefined,
    name: (strings) => setting.name(strings),
    put({ settings, column }, text) {
      const value = setting.read(text);
      if (value === undefined) return undefined;
      return { settings, column: consistent(setting.put(column, value)) };
    },
    fits(text, model) {
      const value = setting.read(text);
      return (
        value !== undefined &&
        (setting.fits?.(value, model, setting.put(DEFAULT_COLUMN, value)) ?? true)
      );
    },
    applies: (column) => setting.applies(column),
    words(text, { columns, active, unit }, strings) {
      const value = setting.read(text);
      if (value === undefined) return text;
      // The rule says how its scale is written; one without a scale leaves that to the usual one.
      const base = { ...columns[active]!, curve: null };
      const used = setting.applies(setting.put(base, value)) ? base : DEFAULT_COLUMN;
      const column = setting.put(used, value);
      return caption?.value(value, { column, strings, unit }) ?? text;
    },
  };
}

/**
 * What the axes of this grid may be: every setting, and the parameters that any of its cells has.
 *
 * @param classes those of the model; without any, nothing that names one is offered
 */
export function axisKeys(settings: Settings, classes: readonly string[]): string[] {
  const { gridRows, gridColumns } = settings;
  const base = cellBase(settings);
  const varied = [gridRows, gridColumns].flatMap(({ key, values }) =>
    values.map((value) => withAxisValue(base, key, value)?.column ?? base.column),
  );
  const parameters = [base.column, ...varied].flatMap((column) =>
    actingParameters(column).map(({ id }) => id),
  );
  const general = GENERAL_AXES.filter(({ axis }) => classes.length > 0 || !axis.ofClasses);
  const keys = general.map(({ key }) => key);
  return [...new Set([...keys, ...parameters, gridRows.key, gridColumns.key])];
}

/** The values that an axis edited one by one can have, in their order. */
export function axisChoices({ key, values }: Axis, model: Predicting): string[] {
  return [...new Set([...(axisSetting(key)?.axis.choices?.(model) ?? []), ...values])];
}

/** An axis over this setting with values that show something, beside what the other axis varies. */
export function newAxis(key: string, settings: Settings, manifest: Manifest, other: Axis): Axis {
  const base = cellBase(settings, manifest);
  const { subject } = base.settings;
  const varied = axisSetting(other.key);
  const context: AxisStart = {
    model: manifest,
    seed: settings.seed,
    others: manifest.classes.filter((name) => subject.kind !== 'class' || subject.name !== name),
    suits(value) {
      const column = withAxisValue(base, key, value)?.column ?? base.column;
      const { firstOrderOnly } = findGuidanceRule(column.guidance);
      return (other.key !== 'sampler' || !firstOrderOnly) && (varied?.applies(column) ?? true);
    },
  };
  const values =
    axisSetting(key)?.axis.start?.(context) ?? axisChoices({ key, values: [] }, manifest);
  return { key, values: [...new Set(values)].slice(0, LIMITS.axis) };
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
  const subject = knownSubject(settings.subject, manifest);
  const fitted = (axis: Axis, other: Axis): Axis => {
    const setting = axisSetting(axis.key);
    const values = axis.values.filter((value) => setting?.fits(value, manifest) ?? true);
    if (values.length === axis.values.length) return axis;
    return values.some((value) => value !== 'none')
      ? { ...axis, values }
      : newAxis(axis.key, { ...settings, subject }, manifest, other);
  };
  return { gridRows: fitted(gridRows, gridColumns), gridColumns: fitted(gridColumns, gridRows) };
}

/** What every cell starts from: the active column, and one sample of the page's class and seed. */
export function cellBase(settings: Settings, manifest?: Manifest): CellBase {
  const active = settings.columns[settings.active]!;
  const varied = [settings.gridRows.key, settings.gridColumns.key];
  const replaced = RUN_SETTINGS.some(
    ({ key, replacedBy }) => replacedBy === 'curve' && varied.includes(key),
  );
  const subject = oneClass(settings.subject);
  const unnamed = manifest && subject.kind === 'class' && subject.name === '';
  return {
    column: { ...active, curve: replaced ? null : active.curve },
    settings: {
      ...settings,
      count: 1,
      subject: unnamed ? knownSubject(subject, manifest) : subject,
    },
  };
}

/** A cell is one sample: of several classes, the first. */
export function oneClass(subject: Subject): Subject {
  return subject.kind === 'each' ? { kind: 'class', name: subject.names[0]! } : subject;
}

/**
 * The same base with one setting changed, by its key and value in the address.
 *
 * @returns undefined for a key that no axis may have, or a value that makes no sense; a parameter
 * that the column's choices do not declare is accepted and changes nothing
 */
export function withAxisValue(base: CellBase, key: string, text: string): CellBase | undefined {
  return axisSetting(key)?.put(base, text);
}

/** `scale:1,2,3`: a key of the address, and values as the address writes them. */
export function readAxis(raw: string): Axis | undefined {
  const at = raw.indexOf(':');
  const key = raw.slice(0, at);
  const values = raw
    .slice(at + 1)
    .split(',')
    .map(unescaped);
  return at > 0 && values.length <= LIMITS.axis && values.every((value) => isAxisValue(key, value))
    ? { key, values }
    : undefined;
}

export function writeAxis({ key, values }: Axis): string {
  return `${key}:${values.map(escaped).join(',')}`;
}

/** Whether an axis of this key may have this value. */
export function isAxisValue(key: string, value: string): boolean {
  const setting = settingOf(key);
  if (setting) return setting.read(value) !== undefined;
  return key === 'draw'
    ? readSubject(value) !== undefined
    : key === 'seed' && seedText.read(value) !== undefined;
}

/** The sampler that a value of the axis brings with it, where a rule cannot work with the active column's. */
export function broughtSampler(
  settings: Settings,
  { key }: Axis,
  value: string,
): string | undefined {
  const { gridRows, gridColumns } = settings;
  if ([gridRows.key, gridColumns.key].includes('sampler')) return undefined;
  const base = cellBase(settings);
  const sampler = withAxisValue(base, key, value)?.column.sampler;
  return sampler === base.column.sampler ? undefined : sampler;
}
