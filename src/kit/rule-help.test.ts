import { expect, test } from 'vitest';
import { guidanceRegistry } from '../diffusion/guidance';
import { RULE_SOURCES } from './RuleHelp';
import { commonWords } from './words/words';

test('every rule has a sentence in both languages, a formula and a paper', () => {
  const ids = guidanceRegistry.map(({ id }) => id).sort();
  expect(Object.keys(RULE_SOURCES).sort()).toEqual(ids);
  for (const { ruleHelp } of [commonWords.en, commonWords.zh]) {
    expect(Object.keys(ruleHelp.sentences).sort()).toEqual(ids);
    expect(new Set(Object.values(ruleHelp.sentences)).size).toBe(ids.length);
  }
  for (const { paper } of Object.values(RULE_SOURCES)) expect(paper).toMatch(/^\d{4}\.\d{5}$/);
});
