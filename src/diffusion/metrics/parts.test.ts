import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { askedParts, type Parts, partFigures } from './parts';

/** Of the judge that is shipped, and the prompts that its manifest has. */
const { parts, reference } = JSON.parse(
  readFileSync(
    new URL('../../../public/models/pictures-judge/manifest.json', import.meta.url),
    'utf8',
  ),
) as { parts: Parts; reference: { prompts: string[] } };

const read = (prompt: string | null) => {
  const { background, style, count } = askedParts(prompt, parts);
  return [
    background?.map((i) => parts.background[i]),
    style?.map((i) => parts.style[i]!.name),
    count?.map((i) => parts.count[i]),
  ];
};

describe('what a prompt asks for', () => {
  const flat = ['twemoji', 'fluent flat', 'emojione', 'firefox'];
  test.each<[string | null, unknown, unknown, unknown]>([
    ['a red apple', undefined, undefined, ['one']],
    ['a cat face on a blue background', ['blue'], undefined, ['one']],
    ['an automobile on white', ['white'], undefined, ['one']],
    ['an owl on a plain light blue background', ['light blue'], undefined, ['one']],
    ['three tulips', undefined, undefined, ['three']],
    ['two fried shrimps, flat on an orange background', ['orange'], flat, ['two']],
    ['a cat left of a house', undefined, undefined, ['two things']],
    [
      'a soap left of a speaker low volume, shaded on a red background',
      ['red'],
      ['noto', 'early noto', 'fluent'],
      ['two things'],
    ],
    ['a pizza, fluent style on purple', ['purple'], ['fluent'], ['one']],
    [
      'a drawing of a wolf in the style of noto on a plain white background',
      ['white'],
      ['noto'],
      ['one'],
    ],
    ['an outlined drawing of a barber pole', undefined, ['streamline'], ['one']],
    ['glasses, early noto style on green', ['green'], ['early noto'], undefined],
    ['a kitchen knife, 3-d on turquoise', ['turquoise'], ['fluent 3-d'], ['one']],
    // Not in the words of the captions: nothing is said of it.
    ['a cat and a dog', undefined, undefined, undefined],
    ['five owls on stripes', undefined, undefined, undefined],
    ['a cat on a mat', undefined, undefined, ['one']],
    ['', undefined, undefined, undefined],
    [null, undefined, undefined, undefined],
  ])('%s', (prompt, background, style, count) => {
    expect(read(prompt)).toEqual([background, style, count]);
  });

  test('every prompt of the judge’s manifest tells its background and a set', () => {
    for (const prompt of reference.prompts) {
      const { background, style } = askedParts(prompt, parts);
      expect([prompt, background?.length]).toEqual([prompt, 1]);
      expect(style?.length ?? 0, prompt).toBeGreaterThan(0);
    }
  });
});

test('shares are of the samples whose prompts ask, by the likeliest answer', () => {
  const few: Parts = {
    style: [
      { name: 'noto', style: 'shaded' },
      { name: 'fluent', style: 'shaded' },
    ],
    background: ['red', 'blue'],
    count: ['one', 'two', 'two things'],
  };
  const texts = ['an owl on blue', 'two owls', null];
  const logits = {
    background: Float32Array.of(0, 9, 9, 0, 9, 0, 0, 9),
    count: Float32Array.of(9, 0, 0, 0, 9, 0, 9, 0, 0, 9, 0, 0),
    style: new Float32Array(8),
  };
  // The last but one was asked for nothing.
  const { background, count, style } = partFigures(logits, [0, 1, 2, 0], texts, few);
  expect(background).toMatchObject({ share: 1, asked: 2 });
  expect(count).toMatchObject({ share: 1, asked: 3 });
  expect(style).toBeUndefined();
  logits.background.set([9, 0]);
  expect(partFigures(logits, [0, 1, 2, 0], texts, few).background).toMatchObject({ share: 0.5 });
  const diverged = { ...logits, count: new Float32Array(12).fill(Number.NaN) };
  expect(partFigures(diverged, [0, 1, 2, 0], texts, few).count).toMatchObject({ share: 0 });
  expect(partFigures({}, [0], texts, few)).toEqual({});
});
