import { BATCH_SIZES } from '../engine/protocol';
import { choiceText, numberText, patternText, type TextCodec } from './address-text';
import { readAxis, writeAxis } from './axes';
import { LIMITS } from './column';
import { type IgnoredPiece, readColumns, writeColumns } from './column-text';
import { FIRST_VISIT, type Settings } from './settings';
import { clipped } from './short-text';
import { readSubject, seedText, writeSubject } from './subject';

/**
 * The address bar: one table of properties of the page, each read and written by its row; the columns
 * have a table of their own, and so has each slice.
 *
 * Whatever cannot be read is left at its default and reported, piece by piece.
 */
interface Property<T> extends TextCodec<T> {
  readonly key: string;
}

type SharedKey = Exclude<keyof Settings, 'columns' | 'slices'>;

const columnText = numberText(0, LIMITS.columns - 1, true);
const onOff = choiceText({ on: true, off: false });

const SHARED: { readonly [K in SharedKey]: Property<Settings[K]> } = {
  // Which pages there are is known to src/app alone, which checks it.
  page: as('page', patternText(/^[\w-]{1,64}$/)),
  model: as('model', patternText(/^[\w-]{1,64}$/)),
  subject: { key: 'draw', read: readSubject, write: writeSubject },
  seed: as('seed', seedText),
  seedLocked: as('lock', onOff),
  count: as('n', numberText(LIMITS.count.min, LIMITS.count.max, true)),
  active: as('active', columnText),
  layout: as('layout', choiceText({ columns: 'columns', grid: 'grid', wipe: 'wipe' })),
  gridRows: { key: 'rows', read: readAxis, write: writeAxis },
  gridColumns: { key: 'cols', read: readAxis, write: writeAxis },
  wipe: { key: 'wipe', read: readPair, write: (v) => v.join('~') },
  wipeDivider: as('divider', numberText(0, 1)),
  wipeDifference: as('difference', onOff),
  inside: as('inside', onOff),
  gradient: as('gradient', onOff),
  overlay: as('overlay', onOff),
  view: as('view', choiceText({ estimate: 'estimate', noisy: 'noisy', both: 'both' })),
  position: as('at', numberText(0, 1)),
  picked: as('pick', numberText(0, LIMITS.count.max - 1, true)),
  unit: as('unit', choiceText({ s: 's', w: 'w' })),
  backend: as('backend', choiceText({ auto: 'auto', webgpu: 'webgpu', wasm: 'wasm' })),
  projector: as('projector', onOff),
  expert: as('expert', onOff),
  film: as('film', onOff),
  precision: as('precision', choiceText({ auto: 'auto', fp16: 'fp16', fp32: 'fp32' })),
  maxBatch: as(
    'batch',
    choiceText({ auto: 0, ...Object.fromEntries(BATCH_SIZES.map((size) => [size, size])) }),
  ),
  language: as('lang', choiceText({ en: 'en', zh: 'zh' })),
  theme: as('theme', choiceText({ auto: 'auto', light: 'light', dark: 'dark' })),
};

const sharedRows = Object.entries(SHARED) as [SharedKey, Property<unknown>][];

function as<T>(key: string, text: TextCodec<T>): Property<T> {
  return { key, ...text };
}

/** A longer value is not read: four drawn courses over 1,024 steps have some 28,000 letters. */
const LONGEST_VALUE = 32_768;
/** Letters and pieces of what was ignored that are told. */
const TOLD_LETTERS = 60;
const TOLD_PIECES = 12;

/**
 * Reads an address's query: the settings it stands for, and the pieces that were ignored.
 *
 * @param defaults what the query leaves out; their slices are those that can be read
 */
export function readAddress(
  query: string,
  defaults: Settings = FIRST_VISIT,
): { settings: Settings; ignored: IgnoredPiece[] } {
  const ignored: IgnoredPiece[] = [];
  const given = new URLSearchParams();
  for (const [key, text] of new URLSearchParams(query)) {
    if (text.length <= LONGEST_VALUE) given.append(key, text);
    else ignored.push({ key: clipped(key, TOLD_LETTERS), text });
  }
  const shared: Record<string, unknown> = { ...defaults };
  for (const [name, property] of sharedRows) {
    const text = given.get(property.key);
    if (text === null) continue;
    const value = property.read(text);
    if (value === undefined) ignored.push({ key: property.key, text });
    else shared[name] = value;
  }
  const slices = new Map(defaults.slices);
  for (const slice of slices.keys()) {
    const text = given.get(slice.key);
    if (text === null) continue;
    const value = slice.read(text);
    if (value === undefined) ignored.push({ key: slice.key, text });
    else slices.set(slice, value);
  }
  const { columns = defaults.columns, ignored: ofColumns } = readColumns(given);
  const settings = { ...(shared as unknown as Settings), slices, columns };
  return {
    settings: { ...settings, active: Math.min(settings.active, columns.length - 1) },
    ignored: unique([...ignored, ...ofColumns]),
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
  const { columns } = settings;
  if (!defaults || JSON.stringify(columns) !== JSON.stringify(defaults.columns)) {
    for (const [key, text] of writeColumns(columns, !defaults)) put(key, text);
  }
  return query.join('&');
}

/** Each piece once, in short. */
function unique(pieces: readonly IgnoredPiece[]): IgnoredPiece[] {
  const seen = new Map<string, IgnoredPiece>();
  for (const { key, text } of pieces) {
    seen.set(`${key}=${text}`, { key, text: clipped(text, TOLD_LETTERS) });
  }
  return [...seen.values()].slice(0, TOLD_PIECES);
}

/** `0~1`: two columns. */
function readPair(raw: string): readonly [number, number] | undefined {
  const [first, second, ...more] = raw.split('~').map((part) => columnText.read(part));
  const fits = first !== undefined && second !== undefined && more.length === 0;
  return fits ? [first, second] : undefined;
}
