import { describe, expect, test } from 'vitest';
import { byLabel, labelRows, promptConditioning, rowsFor, stackedRows } from './conditioning';

const text = { data: Float32Array.of(1, 2), dims: [2] };

describe('rowsFor', () => {
  test('picks the inputs that a network has: the label unless its manifest says so', () => {
    const { label } = byLabel([0], 1);
    const both = { label: label!, text };
    expect(rowsFor(both)).toEqual({ label });
    expect(rowsFor(both, ['text'])).toEqual({ text });
    expect(rowsFor(both, [])).toEqual({});
  });

  test('names an input that nothing was made for', () => {
    expect(() => rowsFor({ text }, ['low'])).toThrow('its input "low", got text');
    expect(() => rowsFor({})).toThrow('its input "label", got none');
  });
});

describe('stackedRows', () => {
  test('hands a single part through', () => {
    const part = { text };
    expect(stackedRows([part])).toBe(part);
  });

  test('refuses parts that differ in more than their numbers', () => {
    const other = { text: { data: Float32Array.of(1, 2), dims: [1, 2] } };
    expect(() => stackedRows([{ text }, other])).toThrow('got text [2] and text [1,2]');
    expect(() => stackedRows([{ text }, byLabel([0], 1)])).toThrow('got text [2] and label [2]');
  });
});

describe('labelRows', () => {
  test('is one-hot, with the null label last', () => {
    expect([...labelRows([2, 0, 3], 3)]).toEqual([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  test('mixes a second class in, the null label too', () => {
    const rows = labelRows([0, 2, 1], 2, { with: 2, share: 0.25 });
    expect([...rows]).toEqual([0.75, 0, 0.25, 0, 0, 1, 0, 0.75, 0.25]);
  });

  test.each([-1, 4, 1.5, Number.NaN])('refuses %d of three classes', (label) => {
    expect(() => labelRows([label], 3)).toThrow(`got ${label}`);
  });
});

describe('promptConditioning', () => {
  /** Two prompts of at most three tokens, two numbers each: the second has one token. */
  const states = {
    text: Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 0, 0, 0, 0),
    mask: Float32Array.of(1, 1, 1, 1, 0, 0),
    tokens: 3,
    width: 2,
  };
  const numbers = ({ text, mask }: ReturnType<typeof promptConditioning>['cond']) => [
    [...text!.data],
    [...mask!.data],
  ];

  test('has a prompt for each sample, and none where none is asked for', () => {
    const { cond, uncond } = promptConditioning({ states, labels: [1, 2] });
    expect(numbers(cond)).toEqual([
      [10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0],
    ]);
    expect(numbers(uncond)).toEqual([Array(12).fill(0), Array(6).fill(0)]);
    expect([cond.text!.dims, cond.mask!.dims]).toEqual([[3, 2], [3]]);
  });

  test('a negative prompt takes the place of none', () => {
    const { uncond } = promptConditioning({ states, labels: [0], negative: 1 });
    expect(numbers(uncond)).toEqual([
      [10, 20, 0, 0, 0, 0],
      [1, 0, 0],
    ]);
  });

  test('mixes token by token; a token without a partner stays as it is', () => {
    const mixed = (share: number) =>
      numbers(promptConditioning({ states, labels: [0], mix: { with: 1, share } }).cond);
    expect(mixed(0.5)).toEqual([
      [5.5, 11, 3, 4, 5, 6],
      [1, 1, 1],
    ]);
    expect(mixed(0)).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 1, 1],
    ]);
    expect(mixed(1)).toEqual([
      [10, 20, 0, 0, 0, 0],
      [1, 0, 0],
    ]);
  });

  test('refuses prompts that there are not, and shares outside [0, 1]', () => {
    expect(() => promptConditioning({ states, labels: [3] })).toThrow(
      'label: needs a class 0 … 2 (the last is null), got 3',
    );
    expect(() => promptConditioning({ states, labels: [0], negative: -1 })).toThrow('negative');
    const mix = { with: 1, share: 1.5 };
    expect(() => promptConditioning({ states, labels: [0], mix })).toThrow(
      'within [0, 1], got 1.5',
    );
  });
});
