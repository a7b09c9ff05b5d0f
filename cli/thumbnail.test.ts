import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { parseManifest, parseModelIndex } from '../src/networks/manifest';
import { withEntry } from './manifest-text';
import { modelFolders } from './models';
import { encodeThumbnail, thumbnailSamples } from './thumbnail';

const classes = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);

test('a thumbnail has as many samples as fit in 128 pixels, at most four across', () => {
  const count = (size: number) =>
    thumbnailSamples({ shape: [3, size, size], classes: classes(64) }).length;
  expect([8, 28, 32, 64, 128, 256].map(count)).toEqual([16, 16, 16, 4, 1, 1]);
});

test('its classes are spread over all, or repeated where there are few', () => {
  const labels = (count: number) =>
    thumbnailSamples({ shape: [1, 32, 32], classes: classes(count) }).map(({ label }) => label);
  expect(labels(32)).toEqual(Array.from({ length: 16 }, (_, k) => 2 * k));
  expect(labels(6).slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 0, 1]);
  expect(labels(0)).toEqual(Array.from({ length: 16 }, () => 0));
});

test('samples lie side by side, grey or in colour', () => {
  for (const channels of [1, 3] as const) {
    // Four pictures of 2 × 2, each with values of its own.
    const samples = Float32Array.from({ length: 16 * channels }, (_, i) => i / (8 * channels) - 1);
    const {
      width,
      height,
      channels: got,
      data,
    } = decode(encodeThumbnail(samples, [channels, 2, 2]));
    expect([width, height, got]).toEqual([4, 4, channels]);
    const byte = (i: number) => Math.round((samples[i]! + 1) * 127.5);
    const at = (y: number, x: number, c: number) => data[(y * 4 + x) * channels + c];
    for (let c = 0; c < channels; c++) {
      expect(at(0, 1, c)).toBe(byte(4 * c + 1)); // first sample
      expect(at(1, 2, c)).toBe(byte(4 * channels + 4 * c + 2)); // second
      expect(at(2, 0, c)).toBe(byte(8 * channels + 4 * c)); // third
    }
  }
  expect(() => encodeThumbnail(new Float32Array(8), [2, 2, 2])).toThrow('1 or 3 channels');
  expect(() => encodeThumbnail(new Float32Array(8), [1, 2, 2])).toThrow('square number');
});

test('a manifest gets its thumbnail, and a newer one in its place', () => {
  const text = '{\n  "sigma": {\n    "max": 80.0\n  },\n  "files": [\n    {}\n  ]\n}\n';
  const thumbnail = (settings: string) => ({ file: 't.png', network: 'a'.repeat(64), settings });
  const once = withEntry(text, 'thumbnail', thumbnail('first'));
  expect(once).toContain('"max": 80.0');
  expect(JSON.parse(once)).toEqual({ ...JSON.parse(text), thumbnail: thumbnail('first') });
  const twice = withEntry(once, 'thumbnail', thumbnail('second'));
  expect(JSON.parse(twice)).toMatchObject({ thumbnail: thumbnail('second') });
  expect(withEntry(twice, 'thumbnail', thumbnail('first'))).toBe(once);
});

test('every denoiser of the site has a thumbnail that its own network drew', () => {
  const folder = modelFolders[0]!;
  const { models } = parseModelIndex(readFileSync(join(folder, 'index.json'), 'utf8'), 'index');
  for (const id of models) {
    const manifest = parseManifest(readFileSync(join(folder, id, 'manifest.json'), 'utf8'), id);
    if (manifest.role !== 'denoiser') continue;
    const network = manifest.files.find(({ name }) => name === 'model.onnx')?.sha256;
    expect(manifest.thumbnail, `npm run thumbnails -- ${id}`).toMatchObject({ network });
    expect(existsSync(join(folder, id, manifest.thumbnail!.file))).toBe(true);
  }
});
