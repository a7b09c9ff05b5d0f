import { type ColumnSettings, consistent, DEFAULT_COLUMN, LIMITS } from './column';
import {
  allParameters,
  isDefault,
  parameterSettings,
  RUN_SETTINGS,
  type RunSetting,
} from './run-settings';

/** A piece of the address that was not understood. */
export interface IgnoredPiece {
  readonly key: string;
  readonly text: string;
}

/** A column from its settings by their keys; undefined if one of them makes no sense. */
export function readColumn(pairs: ReadonlyMap<string, string>): ColumnSettings | undefined {
  const left = new Map(pairs);
  let column = DEFAULT_COLUMN;
  const take = (settings: readonly RunSetting[]) =>
    settings.every((setting) => {
      const text = left.get(setting.key);
      if (text === undefined) return true;
      left.delete(setting.key);
      const value = setting.read(text);
      if (value !== undefined) column = setting.put(column, value);
      return value !== undefined;
    });
  // The parameters are those of the choices that have been read.
  const fits = take(RUN_SETTINGS) && take(parameterSettings(column) as RunSetting[]);
  return fits && left.size === 0 ? consistent(column) : undefined;
}

/** What of a column is not as by default, by the keys of its settings. */
export function writeColumn(column: ColumnSettings): ReadonlyMap<string, string> {
  const changed = RUN_SETTINGS.filter((setting) => !isDefault(setting, column));
  return new Map([
    ...changed.map((setting) => [setting.key, setting.write(setting.of(column))] as const),
    ...Object.entries(column.parameters).map(([id, value]) => [id, String(value)] as const),
  ]);
}

/**
 * The columns of an address, and what of them was not understood. One value of a setting holds for
 * all columns; any other number of values must be theirs.
 *
 * @returns no columns where the address has none that can be read
 */
export function readColumns(given: URLSearchParams): {
  columns: readonly ColumnSettings[] | undefined;
  ignored: IgnoredPiece[];
} {
  const ignored: IgnoredPiece[] = [];
  const lists = new Map<string, readonly string[]>();
  const keys = [...RUN_SETTINGS.map(({ key }) => key), ...parameterKeys(given)];
  for (const key of keys) {
    const text = given.get(key);
    if (text !== null) lists.set(key, text.split(','));
  }
  const lengths = [...lists.values()].map((list) => list.length);
  const columnCount = Math.min(LIMITS.columns, Math.max(1, ...lengths));
  for (const [key, values] of lists) {
    if (values.length > columnCount || (values.length > 1 && values.length < columnCount)) {
      ignored.push({ key, text: values.join(',') });
    }
  }
  // A value that cannot be read does not say either how many columns there are.
  let anyColumn = false;
  const columns = Array.from({ length: columnCount }, (_, i) => {
    let column = DEFAULT_COLUMN;
    const take = (setting: RunSetting) => {
      const list = lists.get(setting.key);
      const text = list?.length === 1 ? list[0] : list?.[i];
      // Columns that do not declare a parameter have an empty entry in its list.
      if (text === undefined || (setting.parameter && text === '')) return;
      const value = setting.read(text);
      if (value === undefined) {
        ignored.push({ key: setting.key, text });
        return;
      }
      anyColumn = true;
      if (!setting.parameter || value !== setting.default) column = setting.put(column, value);
    };
    RUN_SETTINGS.forEach(take);
    (parameterSettings(column) as RunSetting[]).forEach(take);
    return consistent(column);
  });
  return { columns: anyColumn ? columns : undefined, ignored };
}

/** How an address has the columns: one value where all agree, else a list `1,3,8`. */
export function writeColumns(
  columns: readonly ColumnSettings[],
  all: boolean,
): (readonly [key: string, text: string])[] {
  const pairs: [string, string][] = [];
  for (const setting of RUN_SETTINGS) {
    const { key, countsColumns = false } = setting;
    const values = columns.map((column) => setting.write(setting.of(column)));
    const changed = columns.some((column) => !isDefault(setting, column));
    if (all || changed || countsColumns) pairs.push([key, listed(values, countsColumns)]);
  }
  for (const id of new Set(columns.flatMap(({ parameters }) => Object.keys(parameters)))) {
    const values = columns.map(({ parameters }) => String(parameters[id] ?? ''));
    pairs.push([id, listed(values, false)]);
  }
  return pairs;
}

/** The parameters that an address names. */
function parameterKeys(given: URLSearchParams): string[] {
  const known = new Set(allParameters().map(({ id }) => id));
  return [...new Set(given.keys())].filter((key) => known.has(key));
}

function listed(values: readonly string[], always: boolean): string {
  return !always && values.every((value) => value === values[0]) ? values[0]! : values.join(',');
}
