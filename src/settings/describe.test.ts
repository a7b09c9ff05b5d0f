import { expect, test } from 'vitest';
import { commonWords } from '../kit/words/words';
import { type ColumnSettings, DEFAULT_COLUMN } from './column';
import { describeColumns, describeShared } from './describe';
import { shortNumber } from './short-text';

const { en, zh } = commonWords;
const columns = (...changes: Partial<ColumnSettings>[]) =>
  changes.map((change) => ({ ...DEFAULT_COLUMN, ...change }));

test('columns that differ in their scale say it, as s or as w', () => {
  const three = columns({ guidanceScale: 1 }, { guidanceScale: 3 }, { guidanceScale: 8 });
  expect(describeColumns(three, en, 's')).toEqual({
    differences: ['guidance scale'],
    headings: ['s = 1', 's = 3', 's = 8'],
  });
  expect(describeColumns(three, en, 'w').headings).toEqual(['w = 0', 'w = 2', 'w = 7']);
  expect(describeColumns(three, zh, 's').differences).toEqual([zh.controls.guidanceScale]);
});

test('all differences are said in every column', () => {
  const two = columns(
    { guidanceScale: 8, numSteps: 1 },
    { guidanceScale: 8, interval: [0.2, 2], numSteps: 20 },
  );
  expect(describeColumns(two, en, 's')).toEqual({
    differences: ['guided noise levels', 'steps'],
    headings: ['guided everywhere · 1 step', 'guided for σ in (0.2, 2] · 20 steps'],
  });
});

test('a rule without a scale is named, and the scale that it lacks is not', () => {
  const two = columns({ guidanceScale: 1 }, { guidance: 'unconditional', guidanceScale: 5 });
  const { differences, headings } = describeColumns(two, en, 's');
  expect(differences).toEqual(['rule']);
  expect(headings).toEqual(['Classifier-free guidance', 'Unconditional alone']);
});

test('beside another rule, columns of one rule still say what tells them apart', () => {
  const rules = columns(
    { guidance: 'unconditional' },
    { guidance: 'classifier', guidanceScale: 2 },
    { guidance: 'classifier', guidanceScale: 6 },
  );
  expect(describeColumns(rules, en, 's').headings).toEqual([
    'Unconditional alone',
    'Classifier guidance · k = 1',
    'Classifier guidance · k = 5',
  ]);
  const apg = { guidance: 'apg', guidanceScale: 1 };
  const parameters = columns({}, apg, { ...apg, parameters: { apgParallel: 1 } });
  const { differences, headings } = describeColumns(parameters, en, 's');
  expect(differences).toEqual(['rule', 'η']);
  expect(headings).toEqual([
    'Classifier-free guidance',
    'Adaptive projected guidance · η 0',
    'Adaptive projected guidance · η 1',
  ]);
});

test('a mixed and a negative class are said only of rules that take them', () => {
  const given = { mix: { name: 'B', share: 0.5 }, negative: 'C' };
  const said = (guidance: string) => describeShared(columns({ guidance, ...given }), en, 's');
  const [mixed, away] = [en.settingsText.mix('50 %', 'B'), en.settingsText.negative('C')];
  expect(said('apg')).toEqual(expect.arrayContaining([mixed, away]));
  expect(said('classifier')).toContain(mixed);
  expect(said('classifier')).not.toContain(away);
  expect(said('unconditional')).not.toContain(mixed);
  expect(said('unconditional')).not.toContain(away);
});

test('a parameter is named with its value, its default where it is not set', () => {
  const two = columns({ sampler: 'ddim', parameters: { eta: 0.5 } }, { sampler: 'ddim' });
  expect(describeColumns(two, en, 's')).toEqual({ differences: ['η'], headings: ['η 0.5', 'η 0'] });
});

test('columns without a difference, and a column alone, show their scale or rule', () => {
  expect(describeColumns(columns({ guidanceScale: 3 }, { guidanceScale: 3 }), en, 's')).toEqual({
    differences: [],
    headings: ['s = 3', 's = 3'],
  });
  const alone = describeColumns(columns({ guidance: 'conditional' }), en, 's');
  expect(alone).toEqual({ differences: [], headings: ['Conditional alone'] });
});

test('numbers have no digits that say nothing', () => {
  expect([3, 0.25, 1.5, 0.30000000000000004, 79.96, 0.002].map(shortNumber)).toEqual([
    '3',
    '0.25',
    '1.5',
    '0.3',
    '80',
    '0.002',
  ]);
  expect([-1, -0.25, 1e-7].map(shortNumber)).toEqual(['−1', '−0.25', '1e−7']);
});

test('a drawn curve is said in the unit of its scale', () => {
  const drawn = { curve: [1, 9, 3] };
  const heading = (column: Partial<ColumnSettings>, unit: 's' | 'w') =>
    describeColumns(columns(column), en, unit).headings[0];
  expect(heading(drawn, 's')).toBe(en.settingsText.curve('1 → 9 → 3'));
  expect(heading(drawn, 'w')).toBe(en.settingsText.curve('0 → 8 → 2'));
  const ofClassifier = { ...drawn, guidance: 'classifier' };
  expect(heading(ofClassifier, 's')).toBe(en.settingsText.curve('0 → 8 → 2'));
});

test('what columns share is told without what is as by default', () => {
  const usual = ['Classifier-free guidance', '16 steps', 'DPM-Solver++ 2M'];
  expect(describeShared(columns({}, { guidanceScale: 3 }), en, 's')).toEqual(usual);
  expect(describeShared(columns({}), en, 's')).toEqual(['s = 1', ...usual]);
  const threshold = { kind: 'static' } as const;
  const clipped = columns({ threshold }, { threshold, guidanceScale: 3 });
  expect(describeShared(clipped, en, 's')).toEqual([...usual, en.extras.staticThreshold]);
});
