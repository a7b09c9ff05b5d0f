import { describe, expect, test } from 'vitest';
import { firstSeed, sampleSeed } from '../../diffusion/random';
import { coarseToFine } from '../../kit/coarse-to-fine';
import type { Manifest } from '../../networks/manifest';
import {
  axisChoices,
  axisKeys,
  axisSetting,
  broughtSampler,
  cellBase,
  newAxis,
  withAxisValue,
} from '../../settings/axes';
import { DEFAULT_COLUMN, LIMITS } from '../../settings/column';
import { sampleSettings } from '../../settings/sample-settings';
import { type Axis, FIRST_VISIT, type Settings } from '../../settings/settings';
import { readAddress, writeAddress } from '../../settings/url';
import { gridCells, openingAxes } from './grid';

const manifest = { classes: ['A', 'B', 'C'], shape: [1, 8, 8] } as unknown as Manifest;
const page = (gridRows: Axis, gridColumns: Axis, changes: Partial<Settings> = {}): Settings => ({
  ...FIRST_VISIT,
  subject: { kind: 'class', name: 'A' },
  columns: [DEFAULT_COLUMN],
  active: 0,
  gridRows,
  gridColumns,
  ...changes,
});
const axis = (key: string, ...values: string[]): Axis => ({ key, values });
const SEED = axis('seed', '7');
const cells = (...args: Parameters<typeof page>) => gridCells(page(...args), manifest);
const only = (...args: Parameters<typeof page>) => {
  const all = cells(...args);
  expect(all).toHaveLength(1);
  return all[0]!;
};

describe('the order', () => {
  test.each([
    [1, 1],
    [1, 2],
    [3, 2],
    [5, 5],
    [8, 8],
    [16, 16],
    [1, 16],
    [7, 3],
  ])('of %i × %i cells has each once, its corners first', (rows, columns) => {
    const order = coarseToFine(rows, columns);
    const all = Array.from({ length: rows * columns }, (_, i) => i);
    expect(order.toSorted((a, b) => a - b)).toEqual(all);
    const corners = new Set([0, columns - 1, (rows - 1) * columns, rows * columns - 1]);
    expect(new Set(order.slice(0, corners.size))).toEqual(corners);
  });

  test('goes from coarse to fine: what is there is spread over the whole grid', () => {
    expect(coarseToFine(1, 9)).toEqual([0, 8, 4, 2, 6, 1, 3, 5, 7]);
    expect(coarseToFine(3, 3)).toEqual([0, 2, 6, 8, 1, 3, 4, 5, 7]);
    const order = coarseToFine(8, 8);
    // After n cells, the largest empty square; row by row it would be 6 after 16.
    const emptySquare = (n: number) => {
      const there = new Set(order.slice(0, n));
      const empty = (row: number, column: number, side: number) =>
        row + side <= 8 &&
        column + side <= 8 &&
        Array.from({ length: side * side }, (_, i) => i).every(
          (i) => !there.has((row + Math.floor(i / side)) * 8 + column + (i % side)),
        );
      return Math.max(
        ...[1, 2, 3, 4, 5, 6, 7, 8].filter((side) =>
          Array.from({ length: 64 }, (_, i) => i).some((i) =>
            empty(Math.floor(i / 8), i % 8, side),
          ),
        ),
      );
    };
    expect([4, 9, 25].map(emptySquare)).toEqual([6, 3, 1]);
  });
});

describe('a cell', () => {
  test('is one sample of the active column with the values of both axes', () => {
    const all = cells(axis('scale', '2', '5'), axis('seed', '7', '8'), { count: 16, seed: 1 });
    expect(all.map(({ sample }) => [sample?.guidanceScale, sample?.seeds, sample?.labels])).toEqual(
      [
        [2, [firstSeed(7)], [0]],
        [2, [firstSeed(8)], [0]],
        [5, [firstSeed(7)], [0]],
        [5, [firstSeed(8)], [0]],
      ],
    );
    expect(new Set(all.map(({ key }) => key)).size).toBe(4);
  });

  test('has the page’s seed and class where no axis says otherwise; of a word, the first letter', () => {
    const word = { subject: { kind: 'each', names: ['B', 'A'] }, seed: 9 } as const;
    const cell = only(axis('scale', '2'), axis('steps', '3'), word);
    expect(cell.sample).toMatchObject({ seeds: [firstSeed(9)], labels: [1], numSteps: 3 });
    const drawn = only(axis('draw', 'class:C'), axis('draw', 'class:C'));
    expect(drawn.sample?.labels).toEqual([2]);
    expect(only(axis('draw', 'none'), SEED).sample?.labels).toEqual([3]);
  });

  test('has the class that the page opens with before its model is known', () => {
    const unnamed = { subject: { kind: 'class', name: '' } } as const;
    expect(only(axis('scale', '2'), SEED, unnamed).sample?.labels).toEqual([0]);
  });

  test('takes parameters after the choices that they belong to, whichever axis is first', () => {
    const [eta, sampler] = [axis('eta', '0.5'), axis('sampler', 'ddim')];
    for (const pair of [
      [eta, sampler],
      [sampler, eta],
    ] as const) {
      expect(only(...pair).sample).toMatchObject({ sampler: 'ddim', parameters: { eta: 0.5 } });
    }
  });

  test('takes a parameter that acts only beside the other axis’s', () => {
    const heun = { columns: [{ ...DEFAULT_COLUMN, sampler: 'heun' }] };
    const parameters = { sMin: 1, sChurn: 10 };
    const [least, churn] = [axis('sMin', '1'), axis('sChurn', '0', '10')];
    expect(cells(least, churn, heun)[0]?.refusal).toEqual({ kind: 'unused', key: 'sMin' });
    expect(cells(least, churn, heun)[1]?.sample).toMatchObject({ parameters });
    expect(cells(churn, least, heun)[1]?.sample).toMatchObject({ parameters });
  });

  test('has the key of a column that is set so: a parameter at its default is not named', () => {
    const named = only(axis('sampler', 'ddim'), axis('eta', '0'));
    const plain = only(axis('sampler', 'ddim'), axis('steps', String(DEFAULT_COLUMN.numSteps)), {
      seed: FIRST_VISIT.seed,
    });
    expect(named.key).toBe(plain.key);
  });

  test('an axis over the scale takes the place of a course drawn by hand', () => {
    const columns = [{ ...DEFAULT_COLUMN, curve: [1, 9] }];
    const scaled = only(axis('scale', '2'), SEED, { columns }).sample;
    expect(scaled).toMatchObject({ guidanceScale: 2, curve: null });
    const kept = only(axis('interval', 'all'), SEED, { columns }).sample;
    expect(kept?.curve).toEqual([1, 9]);
  });
});

describe('a cell that cannot be what its headers say tells why', () => {
  test.each([
    ['a network is missing', axis('guidance', 'autoguidance'), SEED, 'prediction'],
    [
      'a rule forbids the sampler',
      axis('sampler', 'heun'),
      axis('guidance', 'cfg-plus-plus'),
      'sampler',
    ],
    ['a rule without a scale', axis('scale', '3'), axis('guidance', 'conditional'), 'unused'],
    [
      'a rule without an unconditional estimate',
      axis('negative', 'B'),
      axis('guidance', 'conditional'),
      'unused',
    ],
    [
      'a rule that would lead to the negative class',
      axis('negative', 'B'),
      axis('guidance', 'unconditional'),
      'unused',
    ],
    [
      'a mixed class that no prediction sees',
      axis('mix', 'B:0.5'),
      axis('guidance', 'unconditional'),
      'unused',
    ],
    ['another sampler’s parameter', axis('eta', '1'), axis('sampler', 'heun'), 'unused'],
    ['a class that the model does not know', axis('draw', 'class:Z'), SEED, 'class'],
    ['a mixed class that it does not know', axis('mix', 'Z:0.5'), SEED, 'class'],
    ['a negative class that it does not know', axis('negative', 'Z'), SEED, 'class'],
    ['both axes set one thing', axis('scale', '3'), axis('scale', '4'), 'conflict'],
  ] as const)('%s', (_, rows, columns, kind) => {
    for (const pair of [
      [rows, columns],
      [columns, rows],
    ] as const) {
      const cell = only(...pair);
      expect(cell.refusal?.kind).toBe(kind);
      expect(cell.key).toBeUndefined();
    }
  });

  test('the rest of the grid is none the worse', () => {
    const all = cells(axis('guidance', 'cfg', 'cfg-plus-plus'), axis('sampler', 'ddim', 'heun'));
    expect(all.map(({ refusal }) => refusal?.kind)).toEqual([
      undefined,
      undefined,
      undefined,
      'sampler',
    ]);
  });

  test('a rule that brings its sampler along runs, and says which', () => {
    const rules = axis('guidance', 'cfg', 'cfg-plus-plus');
    const settings = page(rules, SEED);
    expect(gridCells(settings, manifest).map(({ sample }) => sample?.sampler)).toEqual([
      'dpmpp-2m',
      'ddim',
    ]);
    const brought = rules.values.map((value) => broughtSampler(settings, rules, value));
    expect(brought).toEqual([undefined, 'ddim']);
    const chosen = page(rules, axis('sampler', 'ddim'));
    expect(broughtSampler(chosen, rules, 'cfg-plus-plus')).toBeUndefined();
  });
});

describe('axes', () => {
  const settings = page(axis('scale', '1'), axis('sampler', 'ddim', 'paper'));

  test('may be any setting, and any parameter that a cell of the grid has', () => {
    const keys = axisKeys(settings, manifest);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(['scale', 'draw', 'mix', 'rho', 'eta', 'v']));
    expect(keys).not.toContain('sChurn');
    expect(axisKeys(page(axis('guidance', 'apg'), SEED), manifest)).toContain('apgParallel');
  });

  test.each([...axisKeys(settings, manifest), 'sChurn', 'classifierSize'])(
    '%s begins with values that make sense, differ, and can be linked to',
    (key) => {
      const { values } = newAxis(key, settings, manifest, SEED);
      expect(values.length).toBeGreaterThan(key === 'guidance' ? 3 : 1);
      expect(values.length).toBeLessThanOrEqual(LIMITS.axis);
      expect(new Set(values).size).toBe(values.length);
      const place = { ...cellBase(settings), column: DEFAULT_COLUMN };
      for (const value of values) expect(withAxisValue(place, key, value), value).toBeDefined();
      const linked = page({ key, values }, SEED);
      const { settings: read, ignored } = readAddress(writeAddress(linked));
      expect(ignored).toEqual([]);
      expect(read.gridRows).toEqual({ key, values });
      if (axisSetting(key)?.axis.kind === 'choices') {
        expect(axisChoices({ key, values: [] }, settings, manifest)).toEqual(
          expect.arrayContaining([...values]),
        );
      }
    },
  );

  test('rules begin with those that the other axis says something of', () => {
    const beside = (other: Axis) => newAxis('guidance', settings, manifest, other).values;
    expect(beside(SEED)).toEqual(expect.arrayContaining(['cfg', 'conditional', 'cfg-plus-plus']));
    expect(beside(SEED)).not.toContain('autoguidance'); // no weak network here
    expect(beside(axis('scale', '1'))).not.toContain('conditional');
    expect(beside(axis('sampler', 'heun'))).not.toContain('cfg-plus-plus');
  });

  test('a parameter’s values hold its ends and its default', () => {
    const { values } = newAxis('rho', settings, manifest, SEED);
    expect(values).toEqual(expect.arrayContaining(['1', '7', '15']));
  });
});

describe('the samples of the page as an axis', () => {
  const samples = (values: string[], changes: Partial<Settings> = {}) =>
    gridCells(page(axis('scale', '1', '3'), axis('sample', ...values), changes), manifest);

  test('have the noise and the settings that they have in the columns', () => {
    const settings = page(axis('scale', '1'), axis('sample', '1', '2', '5'));
    const columns = sampleSettings({ ...settings, count: 5 }, settings.columns[0]!, manifest);
    const cells = samples(['1', '2', '5']);
    expect(cells.map(({ sample }) => sample!.seeds)).toEqual(
      [0, 1, 4, 0, 1, 4].map((k) => [columns.seeds[k]]),
    );
    expect(cells.map(({ sample }) => sample!.labels)).toEqual(
      [0, 1, 4, 0, 1, 4].map((k) => [columns.labels[k]]),
    );
    expect(cells.map(({ ofPage }) => ofPage)).toEqual([0, 1, 4, 0, 1, 4]);
  });

  test('each is of its own class, of a word its letter', () => {
    const subject = { kind: 'each', names: ['B', 'A', 'C'] } as const;
    const names = samples(['1', '2', '3', '4'], { subject }).map(({ subject: s }) =>
      s.kind === 'class' ? s.name : s.kind,
    );
    expect(names.slice(0, 4)).toEqual(['B', 'A', 'C', 'B']);
  });

  test('beside an axis of seeds or classes they are those of its page', () => {
    const seeded = gridCells(page(axis('seed', '7', '8'), axis('sample', '2')), manifest);
    expect(seeded.map(({ sample }) => sample!.seeds)).toEqual(
      [7, 8].map((seed) => [sampleSeed(seed, 1)]),
    );
    const drawn = gridCells(
      page(axis('draw', 'class:A', 'class:B'), axis('sample', '2')),
      manifest,
    );
    expect(drawn.map(({ subject }) => subject)).toEqual([
      { kind: 'class', name: 'A' },
      { kind: 'class', name: 'B' },
    ]);
    for (const { ofPage } of [...seeded, ...drawn]) expect(ofPage).toBeUndefined();
  });
});

test('opened, the grid has the scales of the columns, unless its axes were chosen', () => {
  const columns = [1, 1.5, 12].map((guidanceScale) => ({ ...DEFAULT_COLUMN, guidanceScale }));
  const first = { ...FIRST_VISIT, columns };
  expect(openingAxes(first).gridRows).toEqual(axis('scale', '1', '1.5', '2', '3', '5', '8', '12'));
  expect(openingAxes({ ...first, gridColumns: SEED })).toEqual({});
  expect(openingAxes({ ...first, gridRows: axis('scale', '4') })).toEqual({});
});
