import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { areShort, matchingClasses } from './class-search';
import { classWords, EMOJI_CLASSES } from './words/class-names';

const classes = ['golden retriever', 'tabby, cat', 'Egyptian cat', 'catamaran', 'café', 'bobcat'];

test.each([
  ['', classes],
  ['  ', classes],
  ['cat', ['catamaran', 'tabby, cat', 'Egyptian cat', 'bobcat']],
  ['CAT egy', ['Egyptian cat']],
  ['retriever gold', ['golden retriever']],
  ['cafe', ['café']],
  ['dog', []],
])('“%s” finds %j', (typed, found) => {
  expect(matchingClasses(classes, typed)).toEqual(found);
});

test('only names of a letter or two are short', () => {
  expect(areShort(['A', '10', '🙂'])).toBe(true);
  expect(areShort(['A', 'cat'])).toBe(false);
});

const emoji: { readonly classes: readonly string[] } = JSON.parse(
  readFileSync(new URL('../../public/models/emoji/manifest.json', import.meta.url), 'utf8'),
);
const find = (typed: string, language: 'en' | 'zh') =>
  matchingClasses(emoji.classes, typed, (id) => classWords(id, language));

test.each([
  ['cat', 'en', 'animal-mammal'],
  ['猫', 'zh', 'animal-mammal'],
  ['cat', 'zh', 'animal-mammal'],
  ['banana', 'en', 'food-fruit'],
  ['香蕉', 'zh', 'food-fruit'],
  ['水果', 'zh', 'food-fruit'],
  ['Fruit', 'en', 'food-fruit'],
  ['food-fruit', 'en', 'food-fruit'],
  ['tree', 'en', 'plant-other'],
] as const)('“%s” (%s) finds %s first', (typed, language, id) => {
  expect(find(typed, language)[0]).toBe(id);
});

test('every class of the emoji has a name and members in both languages, no name twice', () => {
  expect(Object.keys(EMOJI_CLASSES).sort()).toEqual([...emoji.classes].sort());
  for (const language of ['en', 'zh'] as const) {
    const names = emoji.classes.map((id) => classWords(id, language).name);
    expect(new Set(names).size).toBe(names.length);
    for (const [k, id] of emoji.classes.entries()) {
      if (language === 'zh') expect(names[k]).toMatch(/^[\u4e00-\u9fff、]+$/);
      expect(classWords(id, language).members.split(' ').length).toBeGreaterThan(6);
    }
  }
});

test('a class that is in no table is called by its id', () => {
  expect(classWords('Q', 'zh')).toEqual({ name: 'Q', members: '' });
});
