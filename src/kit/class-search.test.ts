import { expect, test } from 'vitest';
import { areShort, matchingClasses } from './class-search';

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
