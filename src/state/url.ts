import type { NumberParameter } from '../diffusion/parameters';
import {
  CHOICES,
  type ColumnSettings,
  DEFAULT_COLUMN,
  declaredParameters,
  FIRST_VISIT,
  INTERVAL_RANGE,
  LIMITS,
  type Settings,
  type Subject,
  withDeclaredParameters,
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

type SharedKey = Exclude<keyof Settings, 'columns'>;
type ColumnKey = Exclude<keyof ColumnSettings, 'parameters'>;

const SHARED: { readonly [K in SharedKey]: Property<Settings[K]> } = {
  model: text('model', /^[\w-]{1,64}$/),
  subject: { key: 'draw', read: readSubject, write: writeSubject },
  seed: number('seed', 0, 2 ** 32 - 1, true),
  seedLocked: choice('lock', { on: true, off: false }),
  count: number('n', LIMITS.count.min, LIMITS.count.max, true),
  active: number('active', 0, LIMITS.columns - 1, true),
  view: choice('view', { estimate: 'estimate', noisy: 'noisy', both: 'both' }),
  position: number('at', 0, 1),
  picked: number('pick', 0, LIMITS.count.max - 1, true),
  unit: choice('unit', { s: 's', w: 'w' }),
  backend: choice('backend', { auto: 'auto', webgpu: 'webgpu', wasm: 'wasm' }),
  language: choice('lang', { en: 'en', zh: 'zh' }),
  theme: choice('theme', { auto: 'auto', light: 'light', dark: 'dark' }),
};

const COLUMN: { readonly [K in ColumnKey]: Property<ColumnSettings[K]> } = {
  guidance: registered('guidance', CHOICES.guidance),
  guidanceScale: number('scale', LIMITS.guidanceScale.min, LIMITS.guidanceScale.max),
  interval: { key: 'interval', read: readInterval, write: (v) => (v ? v.join('~') : 'all') },
  shape: registered('shape', CHOICES.shape),
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

/** Reads an address's query: the settings it stands for, and the pieces that were ignored. */
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
  const anyColumn = lists.size > 0;
  const columns = Array.from({ length: columnCount }, (_, i) => {
    const column: Record<string, unknown> = { ...DEFAULT_COLUMN };
    for (const [name, property] of columnRows) {
      const raw = entry(lists.get(property.key), i);
      if (raw === undefined) continue;
      const value = property.read(raw);
      if (value === undefined) misread.push({ key: property.key, text: raw });
      else column[name] = value;
    }
    const parameters: Record<string, number> = {};
    for (const parameter of declaredParameters(column as unknown as ColumnSettings)) {
      const raw = entry(lists.get(parameter.id), i);
      if (raw === undefined || raw === '') continue;
      const value = number(parameter.id, parameter.min, parameter.max).read(raw);
      if (value === undefined) misread.push({ key: parameter.id, text: raw });
      else if (value !== parameter.default) parameters[parameter.id] = value;
    }
    return withDeclaredParameters({ ...column, parameters } as unknown as ColumnSettings);
  });
  const settings = { ...shared, columns: anyColumn ? columns : defaults.columns } as Settings;
  return {
    settings: { ...settings, active: Math.min(settings.active, settings.columns.length - 1) },
    misread: unique(misread),
  };
}

/** The query that stands for the settings; what equals the first visit's defaults is left out. */
export function writeAddress(settings: Settings, defaults: Settings = FIRST_VISIT): string {
  const query: string[] = [];
  const put = (key: string, value: string) => {
    // What has no meaning of its own in a query stays readable.
    const readable = encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%3A', ':');
    query.push(`${key}=${readable.replaceAll('%20', '+')}`);
  };
  for (const [name, property] of sharedRows) {
    const value = property.write(settings[name]);
    if (value !== property.write(defaults[name])) put(property.key, value);
  }
  if (JSON.stringify(settings.columns) !== JSON.stringify(defaults.columns)) {
    const { columns } = settings;
    for (const [name, property] of columnRows) {
      const values = columns.map((column) => property.write(column[name]));
      const wanted = columns.some(
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

function* columnProperties(given: URLSearchParams): Generator<{ key: string }> {
  for (const [, property] of columnRows) yield property;
  const known = new Set<string>(allParameters().map(({ id }) => id));
  for (const key of new Set(given.keys())) if (known.has(key)) yield { key };
}

function allParameters(): NumberParameter[] {
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
    write: (value) => String(Number(value.toFixed(4))),
  };
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

function readSubject(raw: string): Subject | undefined {
  if (raw === 'none') return { kind: 'none' };
  const [kind, ...rest] = raw.split(':');
  const value = rest.join(':');
  if (!value || value.length > 64) return undefined;
  if (kind === 'class') return { kind: 'class', name: value };
  if (kind === 'word' && value.length <= LIMITS.word) return { kind: 'word', text: value };
  return undefined;
}

function writeSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'none':
      return 'none';
    case 'class':
      return `class:${subject.name}`;
    case 'word':
      return `word:${subject.text}`;
    default:
      return subject satisfies never;
  }
}
