import type { Settings } from '../../settings/settings';

export type Pair<T> = readonly [first: T, second: T];

/**
 * The two columns that are overlaid, both among those that there are: an index beyond the last
 * column is the last, and where both name the same one, the second is its neighbour.
 *
 * @returns undefined where there is one column only
 */
export function wipePair({
  wipe,
  columns,
}: Pick<Settings, 'wipe' | 'columns'>): readonly [first: number, second: number] | undefined {
  const last = columns.length - 1;
  if (last < 1) return undefined;
  const [first, second] = [Math.min(wipe[0], last), Math.min(wipe[1], last)];
  if (first !== second) return [first, second];
  return [first, first < last ? first + 1 : first - 1];
}

/** The pair with one side changed; choosing the other side's column swaps the two. */
export function wipeWith(
  pair: readonly [number, number],
  side: 0 | 1,
  column: number,
): readonly [number, number] {
  if (column === pair[1 - side]) return [pair[1], pair[0]];
  return side === 0 ? [column, pair[1]] : [pair[0], column];
}
