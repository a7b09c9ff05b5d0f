import { describe, expect, test } from 'vitest';
import { byLabel, labelRows, rowsFor, stackedRows } from './conditioning';

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
