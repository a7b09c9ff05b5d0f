import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { readLexicon } from '../networks/text/lexicon';
import { createTokeniser } from '../networks/text/tokeniser';
import { LIMITS } from '../settings/column';
import { readingOf, typedPrompts } from './prompt-reading';

describe('prompts that are typed', () => {
  test('one, or several with | between them', () => {
    expect(typedPrompts('  a red\u0000  apple ', true)).toEqual({
      prompts: ['a red apple'],
      cut: false,
    });
    expect(typedPrompts('a cat | an owl ｜| 猫', true).prompts).toEqual(['a cat', 'an owl', '猫']);
    expect(typedPrompts('a cat | an owl', false).prompts).toEqual(['a cat | an owl']);
  });

  test('nothing of nothing', () => {
    for (const nothing of ['', '   ', '\u200b\u0007', '|', '\ud83c']) {
      expect(typedPrompts(nothing, true)).toEqual({ prompts: [], cut: false });
    }
  });

  test('what is too long is cut to what an address holds, and that is said', () => {
    for (const long of ['a'.repeat(10_000), '🍎'.repeat(300), 'אבג '.repeat(5000)]) {
      const { prompts, cut } = typedPrompts(long, true);
      expect(cut).toBe(true);
      expect(prompts[0]!.length).toBeLessThanOrEqual(LIMITS.name);
      expect(prompts[0]).not.toMatch(/[\ud800-\udbff]$/);
      expect(prompts[0]!.length).toBeGreaterThan(LIMITS.name - 3);
    }
    expect(typedPrompts('a'.repeat(LIMITS.name), true).cut).toBe(false);
    const many = typedPrompts('x|'.repeat(100), true);
    expect([many.prompts.length, many.cut]).toEqual([LIMITS.each, true]);
  });
});

describe('how a prompt is read', () => {
  const folder = new URL('../../public/models/text-encoder/', import.meta.url);
  const json = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  const words = () => ({
    lexicon: vi.fn(async () => readLexicon(json('zh.json'))),
    tokeniser: vi.fn(async () => createTokeniser(json('tokenizer.json'))),
  });

  test('short English needs neither lexicon nor tokeniser', async () => {
    const loaded = words();
    expect(await readingOf('A red apple', 32, loaded)).toEqual({
      text: 'a red apple',
      translated: false,
      unknown: [],
      cut: false,
    });
    expect(loaded.lexicon).not.toHaveBeenCalled();
    expect(loaded.tokeniser).not.toHaveBeenCalled();
  });

  test('Chinese is put into English, and what is not known is named', async () => {
    const loaded = words();
    expect(await readingOf('蓝色背景上的红苹果', 32, loaded)).toMatchObject({
      text: 'red apple on a blue background',
      translated: true,
      cut: false,
    });
    expect(await readingOf('量子猫', 32, loaded)).toMatchObject({
      text: 'cat',
      unknown: ['量子'],
    });
    expect(await readingOf('量子', 32, loaded)).toMatchObject({ text: null, unknown: ['量子'] });
  });

  test('what does not fit into the tokens is said to be cut', async () => {
    expect(await readingOf('three red apples', 4, words())).toMatchObject({ cut: true });
    expect(await readingOf('three red apples', 5, words())).toMatchObject({ cut: false });
    expect(await readingOf('apple '.repeat(40), 32, words())).toMatchObject({ cut: true });
  });

  test('a word that the encoder cannot spell is named', async () => {
    expect(await readingOf('a ᚠᚢᚦ cat', 32, words())).toMatchObject({ unknown: ['ᚠᚢᚦ'] });
  });
});
