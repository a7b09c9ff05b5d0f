import { findGuidanceRule } from '../../diffusion/guidance';
import { pageSeedOf, sampleSeed } from '../../diffusion/random';
import type { Manifest } from '../../networks/manifest';
import { axisSetting, cellBase, oneClass, withAxisValue } from '../../settings/axes';
import { canPredict, knows, withoutDefaultParameters } from '../../settings/column';
import type { Cell, GridState, Refusal } from '../../settings/grid-state';
import { RUN_SETTINGS } from '../../settings/run-settings';
import { sampleSettings } from '../../settings/sample-settings';
import { FIRST_VISIT, type Settings } from '../../settings/settings';

/** Whether there is still something to come, with nothing in its way. */
export function isGridBusy({ paused, cells }: GridState): boolean {
  const unfinished = cells.some(({ status }) => status === 'waiting' || status === 'running');
  return cells.length === 0 || (unfinished && !paused);
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
  ].toSorted((a, b) => isParameter(a.key) - isParameter(b.key));
  let base = cellBase(settings, manifest);
  for (const { key, value } of [...pieces, ...pieces]) {
    const next = withAxisValue(base, key, value);
    if (!next) {
      throw new RangeError(`The axis "${key}" must have values of its setting, got "${value}"`);
    }
    const subject = oneClass(next.settings.subject, next.sample);
    base = { ...next, settings: { ...next.settings, subject } };
  }
  const { subject } = base.settings;
  const keys = pieces.map(({ key }) => key);
  const ofPage = keys.includes('sample') && !keys.includes('seed') && !keys.includes('draw');
  const cell = {
    subject,
    // The seed whose first sample has the noise of the page's sample.
    seed: pageSeedOf(sampleSeed(base.settings.seed, base.sample)),
    column: withoutDefaultParameters(base.column),
    ...(ofPage && { ofPage: base.sample }),
  };
  const conflict = gridRows.key === gridColumns.key && row !== column;
  const sampler = pieces.find(({ key }) => key === 'sampler')?.value;
  const unused = pieces.find(({ key }) => axisSetting(key)?.applies(base.column) === false)?.key;
  const refusal: Refusal | undefined = conflict
    ? { kind: 'conflict' }
    : unused !== undefined
      ? { kind: 'unused', key: unused }
      : refusalOf(cell, sampler, manifest);
  if (refusal) return { ...cell, refusal };
  const sample = sampleSettings({ subject, seed: cell.seed, count: 1 }, cell.column, manifest);
  return { ...cell, sample, key: JSON.stringify(sample) };
}

const isParameter = (key: string) => Number(axisSetting(key)?.isParameter ?? false);

function refusalOf(
  { subject, column }: Pick<Cell, 'subject' | 'column'>,
  sampler: string | undefined,
  manifest: Manifest,
): Refusal | undefined {
  const { guidance, parameters } = column;
  const rule = findGuidanceRule(guidance);
  if (!canPredict(rule, manifest, parameters)) return { kind: 'prediction', guidance };
  // A rule that forbids the axis's sampler has been given another.
  if (sampler !== undefined && column.sampler !== sampler) {
    return { kind: 'sampler', guidance, sampler };
  }
  const names = [
    subject.kind === 'class' ? subject.name : undefined,
    ...RUN_SETTINGS.map((setting) => setting.className?.(setting.of(column))),
  ];
  const unknown = names.find((name) => name !== undefined && !knows(manifest, name));
  return unknown === undefined ? undefined : { kind: 'class', name: unknown };
}

/**
 * The scale of the rows when the grid is opened, where nobody has chosen the axes: those of the
 * columns are among them.
 */
export function openingAxes(settings: Settings): Partial<Settings> {
  const { gridRows, gridColumns, columns } = settings;
  const untouched = [
    [gridRows, FIRST_VISIT.gridRows],
    [gridColumns, FIRST_VISIT.gridColumns],
  ].every(([axis, first]) => JSON.stringify(axis) === JSON.stringify(first));
  if (!untouched) return {};
  const scales = [...gridRows.values.map(Number), ...columns.map((each) => each.guidanceScale)];
  const values = [...new Set(scales)].toSorted((a, b) => a - b).map(String);
  return { gridRows: { ...gridRows, values } };
}
