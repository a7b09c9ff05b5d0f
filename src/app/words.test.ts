import { describe, expect, test } from 'vitest';
import { guidanceRegistry } from '../diffusion/guidance';
import { scheduleShapeRegistry } from '../diffusion/guidance/modifiers';
import { thresholdPercentile } from '../diffusion/guidance/threshold';
import { samplerRegistry } from '../diffusion/samplers';
import { scheduleRegistry } from '../diffusion/schedules';
import { shelfWords } from '../features/shelf/words';
import { choiceEntry, commonWords, nameOf, type Words } from '../kit/words/words';
import { FEATURES } from './features';
import { appWords } from './words';

/** Every text of a table by its path; functions are called with stand-ins, told apart in the result. */
function texts(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value === 'function') {
    const given = Array.from({ length: value.length }, (_, i) => 11 + i);
    return new Map([[path, String(value(...given))]]);
  }
  const inner = Object.entries(value as object).flatMap(([key, entry]) => [
    ...texts(entry, path ? `${path}.${key}` : key),
  ]);
  return new Map(inner);
}

const { en, zh } = commonWords;
const tables: Readonly<Record<string, Words<object>>> = {
  common: { en: { ...en, names: {} }, zh: { ...zh, names: {} } },
  app: appWords,
  ...Object.fromEntries(FEATURES.map(({ id, words }) => [id, words])),
};
const all = (language: 'en' | 'zh') =>
  texts(Object.fromEntries(Object.entries(tables).map(([id, words]) => [id, words[language]])));
const english = all('en');
const chinese = all('zh');
const entries = [
  ...guidanceRegistry,
  ...samplerRegistry,
  ...scheduleRegistry,
  ...scheduleShapeRegistry,
];
const parameters = [...guidanceRegistry, ...samplerRegistry, ...scheduleRegistry].flatMap(
  (entry) => [...entry.parameters],
);

describe('both languages', () => {
  test('say the same things', () => {
    expect([...chinese.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  test.each(Object.entries({ english, chinese, names: texts(zh.names) }))(
    '%s has no empty text',
    (_, table) => {
      for (const [path, text] of table) expect(text.trim(), path).not.toBe('');
    },
  );

  test('tell everything that they are given', () => {
    for (const [path, text] of english) {
      const numbers = (from: string) => new Set(from.match(/\b1[1-9]\b/g));
      expect(numbers(chinese.get(path) ?? ''), path).toEqual(numbers(text));
    }
  });

  test('Chinese has Chinese words, but for formulas and proper names', () => {
    const same = [...english].filter(([path, text]) => chinese.get(path) === text);
    expect(same.map(([path]) => path).toSorted()).toEqual([
      'common.className', // of a class that has no other name
      'common.figures.evaluations',
      'common.figures.notAvailable',
      'common.settingsText.scaleK',
      'common.settingsText.scaleS',
      'common.settingsText.scaleW',
      'common.title',
      'own.noisings.sigma',
      'playground.about.formula',
    ]);
    for (const [path, text] of chinese) {
      if (same.some(([name]) => name === path)) continue;
      expect(text, path).toMatch(/\p{Script=Han}/u);
    }
  });
});

describe('names', () => {
  test.each([...entries, ...parameters])('$id has a Chinese name', ({ id }) => {
    expect(zh.names[id]?.trim()).toBeTruthy();
  });

  test('stand for something that exists', () => {
    const choices = parameters.flatMap((parameter) =>
      (parameter.choices ?? []).map((choice) => choiceEntry(parameter, choice)),
    );
    const known = new Set(
      [...entries, ...parameters, ...choices, thresholdPercentile].map(({ id }) => id),
    );
    for (const table of [en, zh]) {
      expect(Object.keys(table.names).filter((id) => !known.has(id))).toEqual([]);
    }
  });

  test('are the registry’s own label where a language has none', () => {
    expect(nameOf({ ...en, names: {} }, { id: 'new', label: 'A new one' })).toBe('A new one');
    expect(nameOf({ ...en, names: { new: 'Mine' } }, { id: 'new', label: '' })).toBe('Mine');
  });
});

test('a network without classes has no classes, in words', () => {
  const of = (classes: number | 'prompts') =>
    [shelfWords.en, shelfWords.zh].map((words) =>
      words.shape(8, 9, true, classes).replace(/^8 × 9[,，]\s?/, ''),
    );
  expect(of(0)).toEqual(['colour, no classes', '彩色，无类别']);
  expect(of(1)).toEqual(['colour, 1 class', '彩色，1 个类别']);
  expect(of(64)).toEqual(['colour, 64 classes', '彩色，64 个类别']);
  expect(of('prompts')).toEqual(['colour, draws prompts', '彩色，按提示词绘制']);
});
