import { type Threshold, thresholdPercentile } from '../diffusion/guidance/threshold';
import { type NumberParameter, parameterValue } from '../diffusion/parameters';
import {
  type Axis,
  CHOICES,
  type ClassMix,
  type ColumnSettings,
  consistent,
  DEFAULT_COLUMN,
  declaredParameters,
  FIRST_VISIT,
  INTERVAL_RANGE,
  isWord,
  LIMITS,
  type Settings,
  type Subject,
} from './settings';

/**
 * The address bar: one table of properties, each read and written by its row.
 *
 * A column property is one value where all columns agree, a list `1,3,8` where they differ.
 * Whatever cannot be read is left at its default and reported, piece by piece.
 */
interface Property<T> {
  readonly key: string;
  /** undefined: the text makes no sense. */
  read(text: string): T | undefined;
  write(value: T): string;
}

type SharedKey = Exclude<keyof Settings, 'columns' | 'slices'>;
type ColumnKey = Exclude<keyof ColumnSettings, 'parameters'>;

const SHARED: { readonly [K in SharedKey]: Property<Settings[K]> } = {
  // Which pages there are is known to src/app alone, which checks it.
  page: text('page', /^[\w-]{1,64}$/),
  model: text('model', /^[\w-]{1,64}$/),
  subject: { key: 'draw', read: readSubject, write: writeSubject },
  seed: number('seed', 0, 2 ** 32 - 1, true),
  seedLocked: choice('lock', { on: true, off: false }),
  count: number('n', LIMITS.count.min, LIMITS.count.max, true),
  active: number('active', 0, LIMITS.columns - 1, true),
  layout: choice('layout', { columns: 'columns', grid: 'grid', wipe: 'wipe' }),
  gridRows: { key: 'rows', read: readAxis, write: writeAxis },
  gridColumns: { key: 'cols', read: readAxis, write: writeAxis },
  wipe: { key: 'wipe', read: readPair, write: (v) => v.join('~') },
  wipeDivider: number('divider', 0, 1),
  wipeDifference: choice('difference', { on: true, off: false }),
  inside: choice('inside', { on: true, off: false }),
  gradient: choice('gradient', { on: true, off: false }),
  overlay: choice('overlay', { on: true, off: false }),
  view: choice('view', { estimate: 'estimate', noisy: 'noisy', both: 'both' }),
  position: number('at', 0, 1),
  picked: number('pick', 0, LIMITS.count.max - 1, true),
  unit: choice('unit', { s: 's', w: 'w' }),
  backend: choice('backend', { auto: 'auto', webgpu: 'webgpu', wasm: 'wasm' }),
  precision: choice('precision', { auto: 'auto', fp16: 'fp16', fp32: 'fp32' }),
  maxBatch: choice('batch', { auto: 0, 1: 1, 2: 2, 4: 4, 8: 8, 16: 16 }),
  language: choice('lang', { en: 'en', zh: 'zh' }),
  theme: choice('theme', { auto: 'auto', light: 'light', dark: 'dark' }),
};

const COLUMN: { readonly [K in ColumnKey]: Property<ColumnSettings[K]> } = {
  guidance: registered('guidance', CHOICES.guidance),
  guidanceScale: number('scale', LIMITS.guidanceScale.min, LIMITS.guidanceScale.max),
  interval: { key: 'interval', read: readInterval, write: (v) => (v ? v.join('~') : 'all') },
  shape: registered('shape', CHOICES.shape),
  curve: { key: 'curve', read: readCurve, write: (v) => (v ? v.map(compact).join('~') : 'none') },
  threshold: { key: 'threshold', read: readThreshold, write: writeThreshold },
  mix: { key: 'mix', read: readMix, write: writeMix },
  negative: {
    key: 'negative',
    read: readNegative,
    write: (v) => (v === null ? 'none' : escaped(v)),
  },
  numSteps: number('steps', LIMITS.numSteps.min, LIMITS.numSteps.max, true),
  sampler: registered('sampler', CHOICES.sampler),
  schedule: registered('schedule', CHOICES.schedule),
};

const sharedRows = Object.entries(SHARED) as [SharedKey, Property<unknown>][];
const columnRows = Object.entries(COLUMN) as [ColumnKey, Property<unknown>][];

/** A piece of the address that was not understood. */
export interface Misread {
  readonly key: string;
  readonly text: string;
}

/**
 * Reads an address's query: the settings it stands for, and the pieces that were ignored.
 *
 * @param defaults what the query leaves out; their slices are those that can be read
 */
export function readAddress(
  query: string,
  defaults: Settings = FIRST_VISIT,
): { settings: Settings; misread: Misread[] } {
  const given = new URLSearchParams(query);
  const misread: Misread[] = [];
  const shared: Record<string, unknown> = { ...defaults };
  for (const [name, property] of sharedRows) {
    const raw = given.get(property.key);
    if (raw === null) continue;
    const value = property.read(raw);
    if (value === undefined) misread.push({ key: property.key, text: raw });
    else shared[name] = value;
  }
  const slices = new Map(defaults.slices);
  for (const slice of slices.keys()) {
    const raw = given.get(slice.key);
    if (raw === null) continue;
    const value = slice.read(raw);
    if (value === undefined) misread.push({ key: slice.key, text: raw });
    else slices.set(slice, value);
  }

  const lists = new Map<string, string[]>();
  for (const { key } of columnProperties(given)) {
    const raw = given.get(key);
    if (raw !== null) lists.set(key, raw.split(','));
  }
  const lengths = [...lists.values()].map((list) => list.length);
  const columnCount = Math.min(LIMITS.columns, Math.max(1, ...lengths));
  for (const [key, values] of lists) {
    // One value holds for all columns; any other number of values must be theirs.
    if (values.length > columnCount || (values.length > 1 && values.length < columnCount)) {
      misread.push({ key, text: values.join(',') });
    }
  }
  // One that cannot be read does not say either how many columns there are.
  let anyColumn = false;
  const columns = Array.from({ length: columnCount }, (_, i) => {
    const column: Record<string, unknown> = { ...DEFAULT_COLUMN };
    for (const [name, property] of columnRows) {
      const raw = entry(lists.get(property.key), i);
      if (raw === undefined) continue;
      const value = property.read(raw);
      if (value === undefined) misread.push({ key: property.key, text: raw });
      else {
        column[name] = value;
        anyColumn = true;
      }
    }
    const parameters: Record<string, number> = {};
    for (const parameter of declaredParameters(column as unknown as ColumnSettings)) {
      const raw = entry(lists.get(parameter.id), i);
      if (raw === undefined || raw === '') continue;
      const value = number(parameter.id, parameter.min, parameter.max).read(raw);
      if (value === undefined || !allows(parameter, value)) {
        misread.push({ key: parameter.id, text: raw });
      } else {
        if (value !== parameter.default) parameters[parameter.id] = value;
        anyColumn = true;
      }
    }
    return consistent({ ...column, parameters } as unknown as ColumnSettings);
  });
  const all: Record<string, unknown> = {
    ...shared,
    slices,
    columns: anyColumn ? columns : defaults.columns,
  };
  const settings = all as unknown as Settings;
  return {
    settings: { ...settings, active: Math.min(settings.active, settings.columns.length - 1) },
    misread: unique(misread),
  };
}

/**
 * The query that stands for the settings.
 *
 * @param defaults what equals these is left out; null: nothing is, so that it holds whatever the
 * defaults come to be
 */
export function writeAddress(settings: Settings, defaults: Settings | null = FIRST_VISIT): string {
  const query: string[] = [];
  const put = (key: string, value: string) => {
    // What has no meaning of its own in a query stays readable.
    const readable = encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%3A', ':');
    query.push(`${key}=${readable.replaceAll('%20', '+')}`);
  };
  for (const [name, property] of sharedRows) {
    const value = property.write(settings[name]);
    if (!defaults || value !== property.write(defaults[name])) put(property.key, value);
  }
  for (const [slice, value] of settings.slices) {
    const text = slice.write(value);
    if (!defaults || text !== slice.write(slice.of(defaults))) put(slice.key, text);
  }
  if (!defaults || JSON.stringify(settings.columns) !== JSON.stringify(defaults.columns)) {
    const { columns } = settings;
    for (const [name, property] of columnRows) {
      const values = columns.map((column) => property.write(column[name]));
      const wanted =
        !defaults ||
        columns.some(
          (column) => property.write(column[name]) !== property.write(DEFAULT_COLUMN[name]),
        );
      // The scale always stands there: its list says how many columns there are.
      if (wanted || name === 'guidanceScale')
        put(property.key, list(values, name === 'guidanceScale'));
    }
    const ids = new Set(columns.flatMap((column) => Object.keys(column.parameters)));
    for (const id of ids) {
      put(
        id,
        list(
          columns.map((column) => String(column.parameters[id] ?? '')),
          false,
        ),
      );
    }
  }
  return query.join('&');
}

/** The settings with one of their columns, as a cell of the grid is set to them. */
export interface Place {
  readonly settings: Settings;
  readonly column: ColumnSettings;
}

/** Shared properties that an axis of the grid may vary. */
const SHARED_AXES = ['seed', 'subject'] as const;

/**
 * The same place with one property changed, by its key and value in the address.
 *
 * @returns undefined for a key that no axis may have, or a value that makes no sense; a parameter
 * that the column's choices do not declare is accepted and changes nothing
 */
export function atValue(place: Place, key: string, text: string): Place | undefined {
  const { settings, column } = place;
  for (const name of SHARED_AXES) {
    if (SHARED[name].key !== key) continue;
    const value = SHARED[name].read(text);
    return value === undefined ? undefined : { column, settings: { ...settings, [name]: value } };
  }
  for (const [name, property] of columnRows) {
    if (property.key !== key) continue;
    const value = property.read(text);
    if (value === undefined) return undefined;
    return { settings, column: consistent({ ...column, [name]: value }) };
  }
  const parameter = allParameters().find(({ id }) => id === key);
  if (!parameter) return undefined;
  const value = number(key, parameter.min, parameter.max).read(text);
  if (value === undefined || !allows(parameter, value)) return undefined;
  const parameters = { ...column.parameters, [key]: value };
  return { settings, column: consistent({ ...column, parameters }) };
}

function* columnProperties(given: URLSearchParams): Generator<{ key: string }> {
  for (const [, property] of columnRows) yield property;
  const known = new Set<string>(allParameters().map(({ id }) => id));
  for (const key of new Set(given.keys())) if (known.has(key)) yield { key };
}

/** Every parameter that a sampler, a schedule or a rule declares. */
export function allParameters(): NumberParameter[] {
  return [...CHOICES.sampler, ...CHOICES.schedule, ...CHOICES.guidance].flatMap(
    ({ parameters }) => [...parameters],
  );
}

/** The column's own entry of a list; a single entry holds for all. */
function entry(values: readonly string[] | undefined, column: number): string | undefined {
  return values?.length === 1 ? values[0] : values?.[column];
}

function list(values: readonly string[], always: boolean): string {
  return !always && values.every((value) => value === values[0]) ? values[0]! : values.join(',');
}

function unique(misread: readonly Misread[]): Misread[] {
  const seen = new Map(misread.map((piece) => [`${piece.key}=${piece.text}`, piece]));
  return [...seen.values()];
}

function text(key: string, pattern: RegExp): Property<string> {
  return { key, read: (raw) => (pattern.test(raw) ? raw : undefined), write: (value) => value };
}

function number(key: string, min: number, max: number, integer = false): Property<number> {
  return {
    key,
    read(raw) {
      const value = Number(raw);
      const fits = raw.trim() !== '' && value >= min && value <= max;
      return fits && (!integer || Number.isInteger(value)) ? value : undefined;
    },
    write: compact,
  };
}

function compact(value: number): string {
  return String(Number(value.toFixed(4)));
}

function allows(parameter: NumberParameter, value: number): boolean {
  try {
    parameterValue(parameter, { [parameter.id]: value });
    return true;
  } catch {
    return false;
  }
}

function choice<T>(key: string, values: Readonly<Record<string, T>>): Property<T> {
  return {
    key,
    read: (raw) => (Object.hasOwn(values, raw) ? values[raw] : undefined),
    write: (value) => Object.keys(values).find((name) => values[name] === value) ?? '',
  };
}

function registered<T extends string>(
  key: string,
  registry: readonly { readonly id: T }[],
): Property<T> {
  return {
    key,
    read: (raw) => registry.find(({ id }) => id === raw)?.id,
    write: (value) => value,
  };
}

function readInterval(raw: string): readonly [number, number] | null | undefined {
  if (raw === 'all') return null;
  const ends = raw.split('~').map(Number);
  const [lo, hi] = ends;
  if (ends.length !== 2 || lo === undefined || hi === undefined) return undefined;
  const fits = lo >= INTERVAL_RANGE.min && lo <= hi && hi <= INTERVAL_RANGE.max;
  return fits ? [lo, hi] : undefined;
}

/** `1~2.5~4`: a scale for every step. */
function readCurve(raw: string): readonly number[] | null | undefined {
  if (raw === 'none') return null;
  const { min, max } = LIMITS.guidanceScale;
  const scales = raw.split('~').map((part) => number('', min, max).read(part));
  const fits = scales.length <= LIMITS.numSteps.max && !scales.includes(undefined);
  return fits ? (scales as number[]) : undefined;
}

/** `static`, `99.5` (the percentile of the dynamic threshold) or `none`. */
function readThreshold(raw: string): Threshold | null | undefined {
  if (raw === 'none') return null;
  if (raw === 'static') return { kind: 'static' };
  const percentile = number('', thresholdPercentile.min, thresholdPercentile.max).read(raw);
  return percentile === undefined ? undefined : { kind: 'dynamic', percentile };
}

function writeThreshold(threshold: Threshold | null): string {
  if (!threshold) return 'none';
  return threshold.kind === 'static' ? 'static' : compact(threshold.percentile);
}

/** `B:0.5`. */
function readMix(raw: string): ClassMix | null | undefined {
  if (raw === 'none') return null;
  const at = raw.lastIndexOf(':');
  const share = number('', 0, 1).read(raw.slice(at + 1));
  return at < 1 || at > 64 || share === undefined
    ? undefined
    : { name: unescaped(raw.slice(0, at)), share };
}

function writeMix(mix: ClassMix | null): string {
  return mix ? `${escaped(mix.name)}:${compact(mix.share)}` : 'none';
}

function readNegative(raw: string): string | null | undefined {
  if (raw === 'none') return null;
  return raw && raw.length <= 64 ? unescaped(raw) : undefined;
}

/** `scale:1,2,3`: a key of the address, and values as the address writes them. */
function readAxis(raw: string): Axis | undefined {
  const at = raw.indexOf(':');
  const key = raw.slice(0, at);
  const values = raw
    .slice(at + 1)
    .split(',')
    .map(unescaped);
  const fits = at > 0 && values.length <= LIMITS.axis;
  const place = { settings: FIRST_VISIT, column: DEFAULT_COLUMN };
  return fits && values.every((value) => atValue(place, key, value)) ? { key, values } : undefined;
}

function writeAxis({ key, values }: Axis): string {
  return `${key}:${values.map(escaped).join(',')}`;
}

/** A comma of a name, where commas separate. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll(',', '%2C');
}

function unescaped(text: string): string {
  return text.replaceAll('%2C', ',').replaceAll('%25', '%');
}

/** A column from its properties by their keys; undefined if one of them makes no sense. */
export function readColumn(pairs: ReadonlyMap<string, string>): ColumnSettings | undefined {
  const left = new Map(pairs);
  let column = DEFAULT_COLUMN;
  for (const [name, property] of columnRows) {
    const raw = left.get(property.key);
    if (raw === undefined) continue;
    left.delete(property.key);
    const value = property.read(raw);
    if (value === undefined) return undefined;
    column = { ...column, [name]: value };
  }
  const parameters: Record<string, number> = {};
  for (const parameter of declaredParameters(column)) {
    const raw = left.get(parameter.id);
    if (raw === undefined) continue;
    left.delete(parameter.id);
    const value = number(parameter.id, parameter.min, parameter.max).read(raw);
    if (value === undefined || !allows(parameter, value)) return undefined;
    parameters[parameter.id] = value;
  }
  return left.size ? undefined : consistent({ ...column, parameters });
}

/** What of a column is not as by default, by the keys of its properties. */
export function writeColumn(column: ColumnSettings): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const [name, property] of columnRows) {
    const value = property.write(column[name]);
    if (value !== property.write(DEFAULT_COLUMN[name])) pairs.set(property.key, value);
  }
  for (const [id, value] of Object.entries(column.parameters)) pairs.set(id, String(value));
  return pairs;
}

/** `0~1`: two columns. */
function readPair(raw: string): readonly [number, number] | undefined {
  const [first, second, ...more] = raw
    .split('~')
    .map((part) => number('', 0, LIMITS.columns - 1, true).read(part));
  const fits = first !== undefined && second !== undefined && more.length === 0;
  return fits ? [first, second] : undefined;
}

/** `none`, `class:B`, `word:HELLO` or `each:heart,time`: a sample of each of these. */
function readSubject(raw: string): Subject | undefined {
  if (raw === 'none') return { kind: 'none' };
  const [kind, ...rest] = raw.split(':');
  const value = rest.join(':');
  if (!value) return undefined;
  if (kind === 'class') return value.length > 64 ? undefined : { kind: 'class', name: value };
  if (kind !== 'word' && kind !== 'each') return undefined;
  const names = kind === 'word' ? [...value] : value.split(',').map(unescaped);
  const fits = names.length <= LIMITS.each && names.every((name) => name && name.length <= 64);
  return fits ? { kind: 'each', names } : undefined;
}

function writeSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'none':
      return 'none';
    case 'class':
      return `class:${subject.name}`;
    case 'each': {
      const { names } = subject;
      return isWord(names) ? `word:${names.join('')}` : `each:${names.map(escaped).join(',')}`;
    }
    default:
      return subject satisfies never;
  }
}
