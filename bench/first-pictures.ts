/**
 * Draws the pictures that stand on a first visit until its own are there: the same network, class,
 * settings and noise, one row a column, as a WebP that Chromium encodes.
 *
 *   npm run first-pictures
 */

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { drawFirstVisit, firstVisit } from '../cli/first-visit';
import { launch } from './browser';

const QUALITY = 0.9;
const inFeature = (file: string) =>
  fileURLToPath(new URL(`../src/features/playground/${file}`, import.meta.url));

const visit = await firstVisit();
const samples = await drawFirstVisit();
const [channels, height, width] = visit.shape;
const pixels = height * width;
const rows = visit.columns.length;
const sheet = new Uint8ClampedArray(4 * samples.length * (1 / channels)).fill(255);
samples.forEach((value, i) => {
  const sample = Math.floor(i / (channels * pixels));
  const channel = Math.floor(i / pixels) % channels;
  const y = Math.floor(sample / visit.count) * height + (Math.floor(i / width) % height);
  const x = (sample % visit.count) * width + (i % width);
  const byte = Math.round(Math.min(Math.max((value + 1) * 127.5, 0), 255));
  const at = 4 * (y * visit.count * width + x);
  // A grey picture has one channel for all three.
  for (let c = channel; c < 3; c += channels) sheet[at + c] = byte;
});

const browser = await launch('software');
const page = await browser.newPage();
const base64 = await page.evaluate(
  async ({ data, columns, lines, quality }) => {
    const bytes = Uint8ClampedArray.from(atob(data), (letter) => letter.charCodeAt(0));
    const canvas = new OffscreenCanvas(columns, lines);
    canvas.getContext('2d')!.putImageData(new ImageData(bytes, columns, lines), 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
    return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
  },
  {
    data: Buffer.from(sheet.buffer).toString('base64'),
    columns: visit.count * width,
    lines: rows * height,
    quality: QUALITY,
  },
);
await browser.close();

const webp = Buffer.from(base64, 'base64');
const data = { ...visit, date: new Date().toISOString().slice(0, 10) };
await writeFile(inFeature('first-pictures.webp'), webp);
await writeFile(inFeature('first-pictures.json'), `${JSON.stringify(data, null, 2)}\n`);
console.log(
  `${rows * visit.count} pictures of ${visit.class} by ${visit.model}: ${webp.length} bytes`,
);
