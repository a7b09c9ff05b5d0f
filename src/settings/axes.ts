import { findGuidanceRule } from '../diffusion/guidance';
import type { Strings } from '../kit/words/words';
import type { Manifest } from '../networks/manifest';
import { escaped, numberText, unescaped } from './address-text';
import {
  actingParameters,
  type ColumnSettings,
  canPredict,
  consistent,
  DEFAULT_COLUMN,
  isConditional,
  knows,
  LIMITS,
  type Named,
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
  /** Which of the page's samples it is, from 0 on. */
  readonly sample: number;
  /** What these samples are of: where each has a class of its own, the settings have that of one. */
  readonly subjects: Subject;
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
    choices: (model) => ['none', ...drawValues(model)],
    start({ model }) {
      const values = drawValues(model).slice(0, FEW);
      return values.length ? values : ['none'];
    },
  },
  name: ({ axis }) => axis.class,
  put(base, text) {
    const subject = readSubject(text);
    return subject && { ...base, subjects: subject, settings: { ...base.settings, subject } };
  },
  fits: (text, model) => text === 'none' || knows(model, className(text)),
  applies: () => true,
  words(text, _, { controls, stage, prompt, className: called }) {
    if (text === 'none') return stage.unconditional;
    const name = className(text);
    return text.startsWith('prompt:') ? prompt.quoted(name) : controls.classOf(called(name));
  },
};

function drawValues(model: Named): string[] {
  return namesOf(model).map((name) => `${model.prompts ? 'prompt' : 'class'}:${name}`);
}

/** What is offered by name: all classes, or some prompts. */
const namesOf = ({ classes, prompts }: Named) => prompts?.examples ?? classes;

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
  put(base, text) {
    const seed = seedText.read(text);
    return seed === undefined ? undefined : { ...base, settings: { ...base.settings, seed } };
  },
  fits: () => true,
  applies: () => true,
  words: (text, _, { axis }) => axis.seed(text),
};

/** The samples of the page as an axis: the noise, and the class, that each has in the columns. */
const sampleAxis: AxisSetting = {
  key: 'sample',
  isParameter: false,
  axis: {
    order: 11,
    kind: 'numbers',
    step: 1,
    start: () => Array.from({ length: FEW }, (_, k) => String(k + 1)),
  },
  name: ({ axis }) => axis.sampleOf,
  put(base, text) {
    const number = sampleText.read(text);
    if (number === undefined) return undefined;
    const sample = number - 1;
    const subject = oneClass(base.subjects, sample);
    return { ...base, sample, settings: { ...base.settings, subject } };
  },
  fits: () => true,
  applies: () => true,
  words: (text, _, { axis }) => axis.sample(text),
};

/** A sample's number, from 1 on. */
const sampleText = numberText(1, LIMITS.count.max, true);

const PAGE_AXES: readonly AxisSetting[] = [drawAxis, seedAxis, sampleAxis];

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
    put(base, text) {
      const value = setting.read(text);
      if (value === undefined) return undefined;
      return { ...base, column: consistent(setting.put(base.column, value)) };
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
 * What the axes of this grid may be: every setting, and the parameters that any of its cells has,
 * but for those that this model leaves no choice.
 */
export function axisKeys(settings: Settings, model: Predicting): string[] {
  const { gridRows, gridColumns } = settings;
  const parameters = cellColumns(settings).flatMap((column) =>
    actingParameters(column).map(({ id }) => id),
  );
  const general = GENERAL_AXES.filter(
    ({ axis }) =>
      (isConditional(model) || !axis.ofClasses) &&
      ((model.stages ?? []).length > 0 || !axis.ofStages),
  );
  const keys = [...general.map(({ key }) => key), ...parameters];
  const offered = keys.filter(
    (key) =>
      axisSetting(key)?.axis.kind !== 'choices' ||
      axisChoices({ key, values: [] }, settings, model).length > 1,
  );
  return [...new Set([...offered, gridRows.key, gridColumns.key])];
}

/** The active column, and as each value of either axis makes it. */
function cellColumns(settings: Settings): ColumnSettings[] {
  const { gridRows, gridColumns } = settings;
  const base = cellBase(settings);
  const varied = [gridRows, gridColumns].flatMap(({ key, values }) =>
    values.map((value) => withAxisValue(base, key, value)?.column ?? base.column),
  );
  return [base.column, ...varied];
}

/**
 * The values that an axis edited one by one can have, in their order: those that the model can follow
 * in any cell, and those that it has.
 */
export function axisChoices(
  { key, values }: Axis,
  settings: Settings,
  model: Predicting,
): string[] {
  const base = cellBase(settings);
  const columns = cellColumns(settings);
  const canFollow = (value: string) =>
    columns.some((column) => {
      const made = withAxisValue({ ...base, column }, key, value)?.column;
      return made && canPredict(findGuidanceRule(made.guidance), model, made.parameters);
    });
  // A class is drawn by whatever the column is set to.
  const asked = axisSetting(key)?.axis.ofClasses ? () => true : canFollow;
  const choices = axisSetting(key)?.axis.choices?.(model) ?? [];
  return [...new Set([...choices.filter(asked), ...values])];
}

/** An axis over this setting with values that show something, beside what the other axis varies. */
export function newAxis(key: string, settings: Settings, manifest: Manifest, other: Axis): Axis {
  const base = cellBase(settings, manifest);
  const { subject } = base.settings;
  const varied = axisSetting(other.key);
  const context: AxisStart = {
    model: manifest,
    seed: settings.seed,
    others: namesOf(manifest).filter((name) => subject.kind !== 'class' || subject.name !== name),
    suits(value) {
      const column = withAxisValue(base, key, value)?.column ?? base.column;
      const { firstOrderOnly } = findGuidanceRule(column.guidance);
      return (other.key !== 'sampler' || !firstOrderOnly) && (varied?.applies(column) ?? true);
    },
  };
  const values =
    axisSetting(key)?.axis.start?.(context) ?? axisChoices({ key, values: [] }, settings, manifest);
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
    sample: 0,
    subjects: settings.subject,
    settings: {
      ...settings,
      count: 1,
      subject: unnamed ? knownSubject(subject, manifest) : subject,
    },
  };
}

/** A cell is one sample: of several classes that of the sample, which begin anew after the last. */
export function oneClass(subject: Subject, sample = 0): Subject {
  if (subject.kind !== 'each') return subject;
  return { kind: 'class', name: subject.names[sample % subject.names.length]! };
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
  if (key === 'draw') return readSubject(value) !== undefined;
  const numbers = { seed: seedText, sample: sampleText }[key];
  return numbers?.read(value) !== undefined;
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
