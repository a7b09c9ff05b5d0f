import { expect, test } from 'vitest';
import { type AxisStyle, axisText, readAxisText } from './axis-text';

const style: AxisStyle = { unit: 's', all: 'all', mixed: 'B' };
const read = (key: string, text: string, changes: Partial<AxisStyle> = {}) => {
  const reading = readAxisText(key, text, { ...style, ...changes });
  return 'values' in reading ? reading.values : reading;
};

test.each([
  ['scale', '1, 2,3 5，8', ['1', '2', '3', '5', '8']],
  ['scale', '-1–1/3', ['-1', '0', '1']],
  ['scale', '1-8/5', ['1', '2.8', '4.5', '6.3', '8']],
  ['steps', '1–8/5', ['1', '3', '5', '6', '8']],
  ['eta', '0 – 1 / 3', ['0', '0.5', '1']],
  ['seed', '4 4 5', ['4', '5']],
  ['mix', '0, 0.5', ['B:0', 'B:0.5']],
  ['mix', '0–1/3', ['B:0', 'B:0.5', 'B:1']],
  ['interval', 'all, 0.2–2, 0.5 - 5', ['all', '0.2~2', '0.5~5']],
] as const)('%s: %s', (key, text, values) => {
  expect(read(key, text)).toEqual(values);
});

test.each([
  ['scale', '1, x', { problem: 'value', text: 'x' }],
  ['scale', '1, 99', { problem: 'value', text: '99' }],
  ['steps', '2.5', { problem: 'value', text: '2.5' }],
  ['eta', '2', { problem: 'value', text: '2' }],
  ['mix', '1.5', { problem: 'value', text: '1.5' }],
  ['interval', '2–0.2', { problem: 'value', text: '2–0.2' }],
  ['scale', ' , ', { problem: 'none' }],
  ['seed', '1–99/40', { problem: 'many' }],
  ['seed', '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17', { problem: 'many' }],
] as const)('%s: %s is told what is wrong', (key, text, problem) => {
  expect(read(key, text)).toEqual(problem);
});

test('the scale is written in the page’s unit, and linked to as s', () => {
  const w = { ...style, unit: 'w' } as const;
  expect(axisText({ key: 'scale', values: ['1', '2.3'] }, w)).toBe('0, 1.3');
  expect(read('scale', '0, 1.3', w)).toEqual(['1', '2.3']);
  expect(axisText({ key: 'steps', values: ['4'] }, w)).toBe('4');
});

test.each([
  ['scale', ['-1', '2.5']],
  ['interval', ['all', '0.2~2']],
  ['mix', ['B:0', 'B:0.25']],
] as const)('%s: what is written is read back', (key, values) => {
  expect(read(key, axisText({ key, values }, style))).toEqual(values);
  expect(read(key, axisText({ key, values }, { ...style, all: '全部' }), { all: '全部' })).toEqual(
    values,
  );
});
