import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createTokeniser } from './tokeniser';

const root = new URL('../../../', import.meta.url);
const json = JSON.parse(
  readFileSync(new URL('public/models/text-encoder/tokenizer.json', root), 'utf8'),
);
const tokeniser = createTokeniser(json);
const idsOf = (text: string) => tokeniser.tokensOf(text, 32).ids;

test('the reference tokeniser says the same of 10,000 strings', () => {
  const packed = readFileSync(new URL('e2e/fixtures/tokens.jsonl.gz', root));
  const lines = gunzipSync(packed).toString().trim().split('\n');
  const strings = lines.map((line) => JSON.parse(line) as [string, number[]]);
  expect(strings).toHaveLength(10_000);
  const different = strings.filter(([text, ids]) => `${idsOf(text)}` !== `${ids}`);
  expect(different).toEqual([]);
});

describe('tokens', () => {
  test('[CLS] and [SEP] stand around pieces of words', () => {
    expect(tokeniser.size).toBe(30522);
    expect(tokeniser.tokensOf('A red apple', 32)).toEqual({
      ids: [101, 1037, 2417, 6207, 102],
      cut: false,
      unknown: [],
    });
    expect(idsOf('')).toEqual([101, 102]);
  });

  test('what is longer than fits is cut, and said', () => {
    const words = (count: number) => 'apple '.repeat(count);
    expect(tokeniser.tokensOf(words(30), 32)).toMatchObject({ cut: false });
    const { ids, cut } = tokeniser.tokensOf(words(31), 32);
    expect(cut).toBe(true);
    expect(ids).toEqual([101, ...Array(30).fill(6207), 102]);
    expect(tokeniser.tokensOf('red apple', 3)).toMatchObject({ ids: [101, 2417, 102], cut: true });
  });

  test('words that the vocabulary cannot spell are named once, as they were read', () => {
    const { ids, unknown } = tokeniser.tokensOf('A 🍎 and É𠀀 an 🍎', 32);
    expect(unknown).toEqual(['🍎', '𠀀']);
    expect(ids.filter((id) => id === 100)).toHaveLength(3);
    expect(tokeniser.tokensOf(`${'a'.repeat(101)} b`, 32).unknown).toEqual(['a'.repeat(101)]);
  });

  test('a special token that was typed is that token, and [UNK] no unknown word', () => {
    expect(tokeniser.tokensOf('a [MASK] b [UNK]', 32)).toEqual({
      ids: [101, 1037, 103, 1038, 100, 102],
      cut: false,
      unknown: [],
    });
  });

  test('no string fails: lone surrogates are left out', () => {
    for (const text of ['\ud83c', '\udf4e\ud83c', 'a\ud800b'.repeat(5000), '\0\u202e\ufeff']) {
      const { ids } = tokeniser.tokensOf(text, 32);
      expect(ids[0]).toBe(101);
      expect(ids.at(-1)).toBe(102);
    }
    expect(idsOf('red \ud83c apple')).toEqual(idsOf('red apple'));
  });
});

test('JSON that is no such tokeniser is refused with the field', () => {
  expect(() => createTokeniser(null)).toThrow('tokenizer.json must be an object, got null');
  expect(() => createTokeniser({ ...json, model: { ...json.model, type: 'BPE' } })).toThrow(
    'tokenizer.json: "model.type" must be "WordPiece", got "BPE"',
  );
  expect(() => createTokeniser({ ...json, normalizer: null }, 'x/tokenizer.json')).toThrow(
    'x/tokenizer.json: "normalizer" must be an object, got null',
  );
  expect(() =>
    createTokeniser({
      ...json,
      model: { ...json.model, vocab: { '[UNK]': 0, '[CLS]': 1 } },
      added_tokens: [],
    }),
  ).toThrow('tokenizer.json: "model.vocab" must have the token [SEP], got none');
});
