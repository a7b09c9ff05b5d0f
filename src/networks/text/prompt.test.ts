import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../manifest';
import { readLexicon } from './lexicon';
import { LONGEST_PROMPT, readPrompt } from './prompt';
import { createTokeniser } from './tokeniser';

const root = new URL('../../../', import.meta.url);
const encoder = new URL('public/models/text-encoder/', root);
const jsonOf = (name: string) => JSON.parse(readFileSync(new URL(name, encoder), 'utf8'));
const zh = jsonOf('zh.json');
const lexicon = readLexicon(zh);
const textOf = (raw: string) => readPrompt(raw, lexicon).text;

describe('what was typed', () => {
  test('is lower case, as the captions are, without control characters and surplus white space', () => {
    expect(readPrompt('  A RED\t\nApple\u0000\u200b \u202e', lexicon)).toEqual({
      typed: 'A RED Apple',
      text: 'a red apple',
      translated: false,
      unknown: [],
      cut: false,
    });
    expect(textOf('ＲＥＤ　ａｐｐｌｅ')).toBe('red apple');
  });

  test('nothing is the null text', () => {
    for (const raw of ['', ' \n', '\u200b\ufeff', '\ud83c', '的', '，…!'])
      expect(textOf(raw)).toBe(null);
  });

  test('what is too long is cut between characters, and said', () => {
    expect(readPrompt('x'.repeat(LONGEST_PROMPT), lexicon).cut).toBe(false);
    const { typed, cut } = readPrompt('🍎'.repeat(LONGEST_PROMPT + 1), lexicon);
    expect(cut).toBe(true);
    expect(typed).toBe('🍎'.repeat(LONGEST_PROMPT));
  });

  test('no string fails or leaves Chinese, control characters or halves of characters', () => {
    const packed = readFileSync(new URL('e2e/fixtures/tokens.jsonl.gz', root));
    const lines = gunzipSync(packed).toString().trim().split('\n');
    const wrong = lines
      .map((line) => readPrompt(JSON.parse(line)[0], lexicon))
      .filter(({ typed, text }) => {
        const bad = /[\p{Cc}\p{Cf}\p{Cs}]|^ | $| {2}/u;
        const han = text !== null && /\p{Script=Han}/u.test(text);
        return bad.test(typed) || bad.test(text ?? '') || han || [...typed].length > LONGEST_PROMPT;
      });
    expect(wrong).toEqual([]);
  });
});

describe('Chinese', () => {
  test.each([
    ['红苹果', 'red apple'],
    ['紅蘋果', 'red apple'],
    ['一个苹果', 'an apple'],
    ['三只红色的猫', 'three red cats'],
    ['3只老鼠', 'three mice'],
    ['两个西红柿', 'two tomatoes'],
    ['猫和狗', 'cat and dog'],
    ['红色的 Cat', 'red cat'],
    ['请画一只大象', 'a picture of an elephant'],
    ['一只戴着红色皇冠的绿青蛙', 'a green frog wearing a red crown'],
    ['青蛙戴着红色的帽子', 'frog wearing a red hat'],
    ['一只猫坐在椅子上', 'a cat sitting on a chair'],
    ['坐在椅子上的猫', 'cat sitting on a chair'],
    ['狗，，、猫和，兔子。', 'dog, cat and rabbit'],
  ])('%s: words in the order of captions', (chinese, english) => {
    expect(readPrompt(chinese, lexicon)).toMatchObject({
      text: english,
      translated: true,
      unknown: [],
    });
  });

  test.each([
    '蓝色背景上的红苹果',
    '在蓝色背景上的红苹果',
    '红苹果，蓝色背景',
    '背景是蓝色的红苹果',
    '红苹果，背景：蓝色',
    '蓝色的背景，红苹果',
    '蓝底红苹果',
  ])('%s: the background stands last', (chinese) => {
    expect(textOf(chinese)).toBe('red apple on a blue background');
  });

  test('a colour after a comma is not the background', () => {
    expect(textOf('纯色背景，红色汽车')).toBe('red automobile on a plain background');
  });

  test.each([
    ['猫在狗的左边', 'a cat left of a dog'],
    ['狗左边的猫', 'a cat left of a dog'],
    ['在狗左边的猫', 'a cat left of a dog'],
    ['狗的左边有一只猫', 'a cat left of a dog'],
    ['左边是猫，右边是狗', 'a cat left of a dog'],
    ['桌子上的苹果', 'an apple above a table'],
    ['汽车下面有两只狗', 'two dogs below an automobile'],
    ['左边的猫', 'cat on the left'],
    ['猫在狗的左边，橙色背景', 'a cat left of a dog on an orange background'],
  ])('%s: relations', (chinese, english) => {
    expect(textOf(chinese)).toBe(english);
  });

  test.each([
    ['扁平风格的红苹果', 'red apple, flat'],
    ['3D风格的猫', 'cat, 3-d'],
    ['立体的猫，纯白色背景', 'cat, shaded on a plain white background'],
    ['Twemoji 风格的猫', 'cat, twemoji style'],
    ['Picasso 风格的猫', 'cat, picasso style'],
  ])('%s: styles', (chinese, english) => {
    expect(textOf(chinese)).toBe(english);
  });

  test('any words of the lexicon give English that reads the same again', () => {
    const { things, schema, licence, source, plurals, ...tables } = zh;
    const pools: string[][] = [
      things.map(([, , name]: string[]) => name),
      ['，', ' ', '。', 'cat'],
    ];
    for (const table of Object.values(tables)) {
      pools.push(Array.isArray(table) ? table : Object.keys(table as object));
    }
    let state = 1;
    const random = (below: number) => {
      state = (48271 * state) % 2147483647; // Park and Miller (1988)
      return state % below;
    };
    for (let i = 0; i < 5000; i++) {
      const words = Array.from({ length: 1 + random(9) }, () => {
        const pool = pools[random(pools.length)]!;
        return pool[random(pool.length)]!;
      });
      const text = textOf(words.join(''));
      expect(text ?? '', words.join('')).not.toMatch(/\p{Script=Han}|undefined|,,|^,|,$/u);
      expect(text === null ? null : textOf(text), words.join('')).toBe(text);
    }
  });

  test('what is not in the lexicon is named', () => {
    expect(readPrompt('量子红苹果与薛定谔的猫', lexicon)).toMatchObject({
      text: 'red apple and cat',
      unknown: ['量子', '薛定谔'],
    });
    expect(readPrompt('薛定谔', lexicon)).toMatchObject({ text: null, unknown: ['薛定谔'] });
  });

  test('without a lexicon all of it is unknown', () => {
    expect(readPrompt('红苹果 cat 🍎')).toMatchObject({
      text: 'cat',
      translated: true,
      unknown: ['🍎', '红苹果'],
    });
  });
});

test('emoji are the things that they show', () => {
  expect(textOf('a 🍎 on a blue background')).toBe('a red apple on a blue background');
  expect(textOf('❤️👍🏽')).toBe('red heart thumbs up');
  expect(textOf('蓝色背景上的🐈')).toBe('cat on a blue background');
  expect(readPrompt('flag 🇩🇪', lexicon)).toMatchObject({ text: 'flag', unknown: ['🇩🇪'] });
  expect(textOf('☃ 100 % ₿')).toBe('snowman 100 % ₿');
});

test('of the things every label, every emoji and all Chinese names but "ok" give the tokens of the label', () => {
  const tokeniser = createTokeniser(jsonOf('tokenizer.json'));
  const tokensOf = (text: string | null) => `${tokeniser.tokensOf(text ?? '', 32).ids}`;
  const others = (spelled: 'english' | 'chinese' | 'emoji') =>
    lexicon.things
      .filter((thing) => tokensOf(textOf(thing[spelled])) !== tokensOf(thing.english))
      .map((thing) => thing[spelled]);
  expect(lexicon.things).toHaveLength(1294);
  expect(others('english')).toEqual([]);
  expect(others('chinese')).toEqual(['ok']);
  expect(others('emoji')).toEqual([]);
});

test('plurals are those of training/captions.py', () => {
  const plurals = [
    'box',
    'cherry',
    'monkey',
    'wine glass',
    'potato',
    'sheep',
    'old woman',
    'knife',
  ];
  expect(plurals.map((label) => lexicon.plural(label))).toEqual([
    'boxes',
    'cherries',
    'monkeys',
    'wine glasses',
    'potatoes',
    'sheep',
    'old women',
    'knives',
  ]);
  expect(
    ['socks', 'cat with tears of joy', 't-shirt'].map((label) => lexicon.plural(label)),
  ).toEqual(['socks', 'cat with tears of joy', 't-shirt']);
});

test('the manifest lists the lexicon as it is', () => {
  const packed = readFileSync(new URL('zh.json', encoder));
  const sha256 = createHash('sha256').update(packed).digest('hex');
  const { files } = parseManifest(JSON.stringify(jsonOf('manifest.json')), 'manifest.json');
  expect(files).toContainEqual({ name: 'zh.json', bytes: packed.byteLength, sha256 });
});

test('a file that is no lexicon is refused with the field', () => {
  expect(() => readLexicon(null)).toThrow('zh.json must be an object, got null');
  expect(() => readLexicon({ ...zh, schema: 2 })).toThrow(
    'zh.json: "schema" must be 1 (the only format that this version reads), got 2',
  );
  expect(() => readLexicon({ ...zh, colours: { 红: '' } }, 'x/zh.json')).toThrow(
    'x/zh.json: "colours.红" must be a string that is not empty, got ""',
  );
  expect(() => readLexicon({ ...zh, things: [['cat', '🐈']] })).toThrow(
    'zh.json: "things.0" must be a list of at least label, emoji and name, got ["cat","🐈"]',
  );
});
