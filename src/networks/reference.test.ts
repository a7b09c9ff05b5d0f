import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ModelError } from './errors';
import { type FeaturesManifest, parseManifest } from './manifest';
import { fromHalf, readReference } from './reference';
import type { Bytes } from './sources';

test('half precision: normal, subnormal, extreme and special numbers', () => {
  const numbers: [number, number][] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x83ff, -1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
  ];
  for (const [bits, value] of numbers) expect(fromHalf(bits)).toBe(value);
});

/** Two features of two pictures kept: mean (1, -2), covariance ((4, 1), (1, 9)). */
const numbers = [1, -2, 4, 1, 1, 9];
const halves = [0x3c00, 0xc000, 0x3800, 0x0000];
function bytesOf(floats: readonly number[], bits: readonly number[]): Bytes {
  const view = new DataView(new ArrayBuffer(4 * floats.length + 2 * bits.length));
  floats.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  bits.forEach((value, i) => {
    view.setUint16(4 * floats.length + 2 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}
const manifest = {
  id: 'dots',
  reference: { file: 'reference.bin', split: 'test', pictures: 7, features: 2, kept: 2 },
} as FeaturesManifest;
const read = (bytes: Bytes) => readReference(manifest, new Map([['reference.bin', bytes]]));

test('mean, covariance and features of a file', () => {
  expect(read(bytesOf(numbers, halves))).toEqual({
    pictures: 7,
    mean: Float32Array.of(1, -2),
    covariance: Float32Array.of(4, 1, 1, 9),
    features: Float32Array.of(1, -2, 0.5, 0),
  });
  // A file in the middle of a buffer.
  const inside = new Uint8Array(40);
  inside.set(bytesOf(numbers, halves), 3);
  expect(read(inside.subarray(3, 35))?.mean).toEqual(Float32Array.of(1, -2));
  expect(readReference({ id: 'dots' } as FeaturesManifest, new Map())).toBeUndefined();
});

describe('a file that is no reference is one line', () => {
  test.each<[Bytes, string]>([
    [bytesOf(numbers, [0, 0]), '2 features of 2 pictures need 32 bytes, got 28.'],
    [bytesOf(numbers, [0, 0, 0x7c00, 0]), 'its numbers must be finite, got Infinity.'],
    [bytesOf([1, 2, 4, Number.NaN, 1, 9], halves), 'its numbers must be finite, got NaN.'],
    [bytesOf([1, 2, 4, 1, 2, 9], halves), 'its covariance must be symmetric, got 2 and 1.'],
    [bytesOf([1, 2, -4, 1, 1, 9], halves), 'variances must not be negative, got -4.'],
  ])('%#: %s', (bytes, message) => {
    expect(() => read(bytes)).toThrow(ModelError);
    expect(() => read(bytes)).toThrow(`models/dots/reference.bin is damaged: ${message}`);
  });
  test('that the manifest does not list', () => {
    expect(() => readReference(manifest, new Map())).toThrow(
      'dots/manifest.json: "reference.file" must be one of "files", got "reference.bin"',
    );
  });
});

test.each([
  'e2e/models/tiny-features',
  'public/models/letters-features',
  'public/models/pictures-judge',
])('%s ships one that fits its manifest', (folder) => {
  const file = (name: string) => readFileSync(new URL(`../../${folder}/${name}`, import.meta.url));
  const about = parseManifest(file('manifest.json').toString(), folder) as FeaturesManifest;
  const reference = readReference(about, new Map([['reference.bin', file('reference.bin')]]));
  const { features: size, kept } = about.reference!;
  expect(reference?.features).toHaveLength(kept * size);
  const { prompts } = about.reference!;
  if (prompts) expect(new Set(prompts).size).toBe(prompts.length);
  else expect(kept % about.classes.length).toBe(0);
  // The kept pictures are a fair part of all: their means agree to a few standard errors.
  for (let k = 0; k < size; k++) {
    let mean = 0;
    for (let i = 0; i < kept; i++) mean += reference!.features[i * size + k]! / kept;
    const deviation = Math.sqrt(reference!.covariance[k * (size + 1)]! / kept);
    expect(Math.abs(mean - reference!.mean[k]!)).toBeLessThan(5 * deviation + 1e-3);
  }
});
