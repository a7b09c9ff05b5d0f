/**
 * The indices of a grid's cells from coarse to fine: first its corners, then the middles between
 * what is there, level by level, so that the shape of the result is seen early.
 */
export function coarseToFine(rows: number, columns: number): number[] {
  const [rowLevels, columnLevels] = [levels(rows), levels(columns)];
  const level = (index: number) =>
    Math.max(rowLevels[Math.floor(index / columns)]!, columnLevels[index % columns]!);
  return Array.from({ length: rows * columns }, (_, index) => index).toSorted(
    (a, b) => level(a) - level(b) || a - b,
  );
}

/** For each of n places, how often the line between both ends is halved before it is reached. */
function levels(n: number): number[] {
  const found = new Array<number>(n).fill(0);
  const halve = (from: number, to: number, level: number) => {
    if (to - from < 2) return;
    const middle = Math.floor((from + to) / 2);
    found[middle] = level;
    halve(from, middle, level + 1);
    halve(middle, to, level + 1);
  };
  halve(0, n - 1, 1);
  return found;
}
