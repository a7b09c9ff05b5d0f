import { expect, test } from 'vitest';
import { commonWords, wordsForPrompts } from '../../kit/words/words';
import {
  axisName,
  cellTraits,
  refusalWords,
  valueNote,
  valueWords,
} from '../../settings/axis-words';
import { type ColumnSettings, DEFAULT_COLUMN } from '../../settings/column';
import { FIRST_VISIT, type Settings } from '../../settings/settings';

const { en, zh } = commonWords;
const page = (column: Partial<ColumnSettings> = {}, changes: Partial<Settings> = {}): Settings => ({
  ...FIRST_VISIT,
  columns: [{ ...DEFAULT_COLUMN, ...column }],
  active: 0,
  ...changes,
});
const words = (key: string, value: string, settings = page(), strings = en) =>
  valueWords({ key }, value, settings, strings);

test('values are said as the columns’ headings say them', () => {
  expect(words('scale', '3')).toBe('s = 3');
  expect(words('scale', '3', page({}, { unit: 'w' }))).toBe('w = 2');
  expect(words('scale', '3', page({ guidance: 'unconditional' }))).toBe('s = 3');
  expect(words('scale', '3', page({ curve: [1, 2] }))).toBe('s = 3');
  expect(words('seed', '42')).toBe('seed 42');
  expect(words('seed', '42', page(), zh)).toBe('种子 42');
  expect(words('draw', 'class:B')).toBe('Class B');
  expect(words('draw', 'none')).toBe(en.stage.unconditional);
  expect(words('steps', '16')).toBe('16 steps');
  expect(words('sampler', 'heun')).toBe('Heun (EDM)');
  expect(words('interval', '0.2~2')).toBe('guided for σ in (0.2, 2]');
  expect(words('interval', 'all')).toBe('guided everywhere');
  expect(words('negative', 'B', page({ guidance: 'conditional' }))).toBe('away from B');
  expect(words('mix', 'B:0.25')).toBe('25 % B');
  expect(words('eta', '0.5')).toBe('η 0.5');
  expect(words('curve', '1~3')).toContain('1 → 3');
});

test('settings have the names of their controls', () => {
  expect(axisName('scale', en)).toBe(en.controls.guidanceScale);
  expect(axisName('draw', zh)).toBe(zh.axis.class);
  expect(axisName('rho', zh)).toBe(zh.names.rho);
});

test('classes are called by their names, not by their ids, and prompts are as they were written', () => {
  expect(words('draw', 'class:food-fruit')).toBe('Class Fruit');
  expect(words('mix', 'food-fruit:0.25')).toBe('25 % Fruit');
  expect(words('negative', 'food-fruit', page({ guidance: 'conditional' }))).toBe(
    'away from Fruit',
  );
  const cell = { subject: { kind: 'class', name: 'food-fruit' }, seed: 1, column: DEFAULT_COLUMN };
  const [drawn] = cellTraits(cell as Parameters<typeof cellTraits>[0], en, 's');
  expect(drawn?.value).toBe('Fruit');
  expect(words('mix', 'food-fruit:0.25', page(), wordsForPrompts(en))).toBe('25 % food-fruit');
  expect(words('draw', 'class:food-fruit', page(), zh)).toContain('水果');
});

test('a network of prompts has prompts where others have classes', () => {
  const ofPrompts = wordsForPrompts(en);
  const said = (key: string, value: string) => words(key, value, page(), ofPrompts);
  expect(axisName('draw', ofPrompts)).toBe(en.prompt.label);
  expect(said('draw', 'prompt:a cat: red, blue')).toBe('“a cat: red, blue”');
  expect(said('draw', 'class:a cat')).toBe('“a cat”');
  expect(said('draw', 'none')).toBe(en.prompt.nonePlaceholder);
  expect(axisName('negative', ofPrompts)).toBe(en.prompt.negative);
});

test('a rule that brings a sampler along says so', () => {
  const settings = page({}, { gridRows: { key: 'guidance', values: ['cfg', 'cfg-plus-plus'] } });
  const note = (value: string) => valueNote(settings.gridRows, value, settings, en);
  expect(note('cfg')).toBeUndefined();
  expect(note('cfg-plus-plus')).toBe('with DDIM / Euler');
});

test('a cell tells its class, its seed and all its settings; a refused one why', () => {
  const cell = { subject: { kind: 'class', name: 'A' }, seed: 7, column: DEFAULT_COLUMN } as const;
  const told = cellTraits(cell, en, 's').map(({ what, value }) => `${what}: ${value}`);
  expect(told).toEqual(
    expect.arrayContaining(['Class: A', 'Seed: 7', 'Guidance scale: s = 1', 'Steps: 16 steps']),
  );
  expect(told.join()).not.toContain(en.settingsText.everywhere);
  const limited = { ...cell, column: { ...DEFAULT_COLUMN, interval: [0.2, 2] as const } };
  expect(cellTraits(limited, en, 's').map(({ value }) => value)).toContain(
    en.settingsText.interval('0.2', '2'),
  );
  const why = refusalWords({ kind: 'sampler', guidance: 'cfg-plus-plus', sampler: 'heun' }, en);
  expect(why).toContain('CFG++');
  expect(why).toContain('Heun');
  expect(refusalWords({ kind: 'unused', key: 'eta' }, en)).toContain('η');
});
