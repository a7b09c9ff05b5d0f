import { expect, test } from 'vitest';
import type { Manifest } from '../../networks/manifest';
import { DEFAULT_COLUMN } from '../../settings/column';
import { FIRST_VISIT } from '../../settings/settings';
import { defaultSlices } from '../../settings/slice';
import { readAddress } from '../../settings/url';
import { DEFAULT_EXPERIMENT, experimentSlice } from './settings';

const firstVisit = { ...FIRST_VISIT, slices: defaultSlices([experimentSlice]) };

test.each([
  'experiment=fast',
  'experiment=strength!n:0',
  'experiment=strength!at:1,,2',
  'experiment=strength!at:15',
  'experiment=steps!at:2.5',
  'experiment=steps!more',
  'experiment=strength!s:sampler:magic',
  'experiment=strength!s:seed:1',
  'experiment=strength!s:eta:0.5',
  'experiment=strength!s:model:..',
  'experiment=strength!s:varies:seed',
])('%s is left at its default and reported', (piece) => {
  const { settings, ignored } = readAddress(piece, firstVisit);
  expect(ignored).toEqual([{ key: 'experiment', text: piece.slice('experiment='.length) }]);
  expect(settings).toEqual(firstVisit);
});

test('the curves of an experiment lose the classes that the model does not know', () => {
  const column = { ...DEFAULT_COLUMN, negative: 'A', mix: { name: 'dog', share: 0.5 } };
  const series = [{ model: null, column, varies: 'scale' }] as const;
  const experiment = { ...DEFAULT_EXPERIMENT, series };
  const fitted = (classes: readonly string[]) =>
    experimentSlice.fitTo?.(experiment, { classes } as Manifest);
  expect(fitted(['A', 'dog'])).toBe(experiment);
  expect(fitted(['cat', 'dog'])?.series).toMatchObject([
    { column: { negative: null, mix: { name: 'dog' } } },
  ]);
});
