import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findGuidanceRule, guidanceRegistry } from '../../diffusion/guidance';
import { type DenoiserManifest, parseManifest } from '../../networks/manifest';
import { axesFittedTo, axisChoices, axisKeys, newAxis } from '../../settings/axes';
import { canPredict, DEFAULT_COLUMN, hasNullClass, offeredChoices } from '../../settings/column';
import { RUN_TABLE } from '../../settings/run-table';
import { sampleSettings } from '../../settings/sample-settings';
import { type Axis, FIRST_VISIT, fittedToModel } from '../../settings/settings';
import { gridCells } from '../grid/grid';

const path = new URL('../../../e2e/models/tiny/manifest.json', import.meta.url);
const tiny = parseManifest(readFileSync(path, 'utf8'), 'tiny') as DenoiserManifest;
const adapt: NonNullable<DenoiserManifest['adapt']> = {
  prediction: 'eps',
  betas: { kind: 'cosine', steps: 1000 },
  range: [-1, 1],
  x: 'x',
  time: { name: 't', type: 'int64', shape: 'rows', counts: 'from-0' },
  output: 'out',
  graph: { dims: {} },
};
const { companions: _, ...alone } = tiny;
/** Networks of visitors: without a label, and without one for no class. */
const unconditional: DenoiserManifest = { ...alone, classes: [], adapt };
const onlyClasses: DenoiserManifest = {
  ...alone,
  adapt: { ...adapt, label: { name: 'y', type: 'int64' } },
};
const rules = (model: DenoiserManifest) =>
  guidanceRegistry.filter((rule) => canPredict(rule, model)).map(({ id }) => id);

test('a student that was brought has its own rule alone, and leads away from no class', () => {
  const scale = { name: 'scale', shape: 'rows', counts: 's' } as const;
  const model: DenoiserManifest = { ...onlyClasses, adapt: { ...onlyClasses.adapt!, scale } };
  expect(rules(model)).toEqual(['distilled']);
  expect(RUN_TABLE.guidance.instead?.(model)).toBe('distilled');
  const fits = (name: string | null) => RUN_TABLE.negative.fits?.(name, model, DEFAULT_COLUMN);
  expect([fits('1'), fits(null)]).toEqual([false, true]);
});

describe('networks that cannot be guided', () => {
  test('offer the rules whose predictions they can make', () => {
    expect(rules(unconditional)).toEqual(['unconditional']);
    const offered = ['conditional', 'icg', 'momentum', 'higs', 'low-temperature'];
    expect(rules(onlyClasses)).toEqual(offered);
    expect(rules(alone)).toEqual(
      expect.arrayContaining(['cfg', 'conditional', 'unconditional', 'apg']),
    );
    expect([unconditional, onlyClasses, tiny].map(hasNullClass)).toEqual([true, false, true]);
  });

  test('settings come to what they can draw, without a word on what the controls say', () => {
    const without = fittedToModel(
      { ...FIRST_VISIT, subject: { kind: 'class', name: '' } },
      unconditional,
    );
    expect(without.ignored).toEqual([]);
    expect(without.settings.subject).toEqual({ kind: 'none' });
    const [column] = without.settings.columns;
    expect(column!.guidance).toBe('unconditional');
    expect(sampleSettings(without.settings, column!, unconditional)).toMatchObject({
      labels: Array(FIRST_VISIT.count).fill(0),
      mix: undefined,
      negative: undefined,
    });
    const conditional = fittedToModel({ ...FIRST_VISIT, subject: { kind: 'none' } }, onlyClasses);
    expect(conditional.settings.subject).toEqual({ kind: 'class', name: '0' });
    expect(conditional.settings.columns[0]!.guidance).toBe('conditional');
    expect(findGuidanceRule('conditional').usesScale).toBe(false);
  });

  test('without classes, no axis of the grid names one', () => {
    const settings = {
      ...fittedToModel(FIRST_VISIT, unconditional).settings,
      gridRows: { key: 'draw', values: ['class:0', 'class:1'] },
      gridColumns: { key: 'mix', values: ['0:0', '0:0.5'] },
    };
    const axes = axesFittedTo(settings, unconditional);
    expect(axes.gridRows).toEqual({ key: 'draw', values: ['none'] });
    expect(axes.gridColumns).toEqual({ key: 'mix', values: ['none'] });
    const cells = gridCells({ ...settings, ...axes }, unconditional);
    expect(cells).toHaveLength(1);
    expect(cells[0]).toMatchObject({ subject: { kind: 'none' } });
    const other = { key: 'seed', values: ['1'] };
    for (const key of axisKeys(
      { ...settings, gridRows: other, gridColumns: other },
      unconditional,
    )) {
      expect(['draw', 'mix', 'negative']).not.toContain(key);
      expect(newAxis(key, settings, unconditional, other).values.length).toBeGreaterThan(0);
    }
  });
});

describe('emoji, which ships one classifier', () => {
  const shipped = new URL('../../../public/models/emoji/manifest.json', import.meta.url);
  const emoji = parseManifest(readFileSync(shipped, 'utf8'), 'emoji') as DenoiserManifest;
  const size = findGuidanceRule('classifier').parameters.find(({ id }) => id === 'classifierSize')!;
  const column = { ...DEFAULT_COLUMN, guidance: 'classifier', guidanceScale: 3 };
  const valuesOf = (model: DenoiserManifest) =>
    offeredChoices(size, column, model).map(({ value }) => value);

  test('offers every rule of its inputs and outputs, and the classifier that it has', () => {
    expect(emoji.companions).not.toHaveProperty('smallClassifier');
    const ids = guidanceRegistry.map(({ id }) => id);
    const { distilled: _, fast: __, ...companions } = emoji.companions!;
    const without = ['pag', 'internal', 'distilled', 'fast'];
    expect(rules({ ...emoji, companions })).toEqual(ids.filter((id) => !without.includes(id)));
    const more = {
      ...emoji,
      conditioning: ['label', 'perturb'],
      outputs: ['auxiliary'],
      companions: { ...companions, distilled: 'one-pass', fast: 'four-steps' },
    };
    expect(rules(more)).toEqual(ids);
    expect([valuesOf(emoji), valuesOf(tiny)]).toEqual([[0], [0, 1]]);
  });

  test('no axis of the grid offers what its cells would refuse', () => {
    const seeds = { key: 'seed', values: ['1'] };
    const beside = (other: Axis) => ({
      ...FIRST_VISIT,
      columns: [column],
      active: 0,
      gridRows: seeds,
      gridColumns: other,
    });
    const settings = beside({ key: 'scale', values: ['2'] });
    expect(axisKeys(settings, emoji)).not.toContain('classifierSize');
    expect(axisKeys(settings, tiny)).toContain('classifierSize');
    const size = { key: 'classifierSize', values: [] };
    expect(axisChoices(size, settings, emoji)).toEqual(['0']);
    expect(axisChoices(size, settings, tiny)).toEqual(['0', '1']);
    // One of an old link is still on its menu, and told by its cells.
    const linked = beside({ key: 'classifierSize', values: ['0', '1'] });
    expect(axisKeys(linked, emoji)).toContain('classifierSize');
    for (const key of axisKeys(settings, emoji)) {
      const axis = newAxis(key, settings, emoji, seeds);
      const cells = gridCells({ ...settings, gridRows: seeds, gridColumns: axis }, emoji);
      const refused = cells.filter(({ refusal }) => refusal?.kind === 'prediction');
      expect(refused, key).toEqual([]);
    }
  });

  test('says that it has no smaller one, and takes the larger', () => {
    const small = { ...column, parameters: { classifierSize: 1 } };
    const { settings, ignored } = fittedToModel({ ...FIRST_VISIT, columns: [small] }, emoji);
    expect(settings.columns).toEqual([column]);
    expect(ignored).toContainEqual({ key: 'classifierSize', text: '1' });
    const kept = fittedToModel({ ...FIRST_VISIT, columns: [small] }, tiny).settings.columns[0];
    expect(kept).toBe(small);
  });
});
