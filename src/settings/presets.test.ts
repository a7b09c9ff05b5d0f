import { expect, test } from 'vitest';
import {
  type Claim,
  holds,
  isBorneOut,
  isClose,
  PRESET_IDS,
  PRESETS,
  presetColumns,
  presetOf,
} from './presets';
import { FIRST_VISIT } from './settings';

const columns = [
  { recognised: 0.5, diversity: 20 },
  { recognised: 1, diversity: 9 },
];
const claim = (more: Partial<Claim>): Claim =>
  ({ figure: 'recognised', column: 1, relation: '>', of: 0, times: 1, ...more }) as Claim;

test('a claim compares figures of two columns, or one with a value', () => {
  expect(holds(claim({}), columns)).toBe(true);
  expect(holds(claim({ times: 2 }), columns), 'equal is not more').toBe(false);
  expect(holds(claim({ figure: 'diversity', relation: '<', times: 0.5 }), columns)).toBe(true);
  expect(holds(claim({ figure: 'diversity', relation: '<', times: 0.4 }), columns)).toBe(false);
  const value: Claim = { figure: 'recognised', column: 0, relation: '<', value: 0.6 };
  expect(holds(value, columns)).toBe(true);
  expect(holds({ ...value, value: 0.5 }, columns)).toBe(false);
});

test('figures as close as their standard deviations tell neither', () => {
  const close = (deviations: [number, number], more: Partial<Claim> = {}) =>
    isClose(
      claim(more),
      columns,
      deviations.map((recognised) => ({ recognised })),
    );
  // Half apart: beyond .3 and .3 together, within .4 and .4.
  expect(close([0.3, 0.3])).toBe(false);
  expect(close([0.4, 0.4])).toBe(true);
  // Of a multiple of a figure, the multiple of its deviation.
  expect(close([0.1, 0], { times: 1.8 })).toBe(true);
  expect(close([0.1, 0], { times: 1.6 })).toBe(false);
  // A value has none, and what is not known counts as none.
  const value: Claim = { figure: 'recognised', column: 0, relation: '<', value: 0.6 };
  expect(isClose(value, columns, [{ recognised: 0.05 }])).toBe(false);
  expect(isClose(value, columns, [{ recognised: 0.2 }])).toBe(true);
  expect(isClose(value, columns, [])).toBe(false);
  expect(isClose(claim({}), [columns[0]!], [])).toBeUndefined();
});

test('without a figure there is no telling', () => {
  expect(holds(claim({}), [columns[0]!])).toBeUndefined();
  expect(holds(claim({}), [columns[0]!, { recognised: undefined, diversity: 1 }])).toBeUndefined();
});

test.each(PRESET_IDS)('%s claims something of every one of its columns', (id) => {
  const named = PRESETS[id].claims.flatMap((claim) =>
    'of' in claim ? [claim.column, claim.of] : [claim.column],
  );
  const indices = new Set(named);
  // The unguided column beside low temperature is for the eye.
  const expected = id === 'temperature' ? [1, 2] : [...presetColumns(id).keys()];
  expect([...indices].sort()).toEqual(expected);
});

test('a network that was not measured offers every preset of classes, another what its figures bear out', () => {
  expect(isBorneOut('few', {})).toBe(true);
  const presets = { network: 'a'.repeat(64), hold: ['off'] };
  expect(isBorneOut('off', { presets })).toBe(true);
  expect(isBorneOut('few', { presets })).toBe(false);
  // Captions of prompts are only for networks that were measured.
  expect(isBorneOut('fits', {})).toBe(false);
  const prompts = { encoder: 'words', tokens: 4, width: 2, examples: [] };
  expect([isBorneOut('few', { prompts }), isBorneOut('fits', { prompts })]).toEqual([false, false]);
  const measured = { ...presets, hold: ['fits'] };
  expect(isBorneOut('fits', { prompts, presets: measured })).toBe(true);
});

test('columns have the caption of a preset that the network offers, or none', () => {
  const { columns } = FIRST_VISIT;
  expect(presetOf(columns, PRESET_IDS)).toBe('glance');
  // That of prompts: nothing there is recognised as a class.
  expect(presetOf(columns, ['strengths', 'fits'])).toBe('strengths');
  expect(presetOf(columns, ['fits'])).toBeUndefined();
  expect(presetOf(presetColumns('fits'), ['strengths', 'fits'])).toBe('fits');
});
