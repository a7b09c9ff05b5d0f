/// <reference path="../src/features/export/gifenc.d.ts" />
// npm run rail-animation: the README's animation, captured from the real page while its handle is dragged.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { decode } from 'fast-png';
import { launch } from './browser';
import { serveSite } from './site';
import { address } from './visit';

// Its package names no module for Node.
const { applyPalette, GIFEncoder, quantize }: typeof import('gifenc') = createRequire(
  import.meta.url,
)('gifenc');

const OUT = 'docs/rail.gif';
/** Where the handle is taken, as shares of the rail, there and back. */
const PLACES = [0.2, 0.27, 0.34, 0.41, 0.48, 0.55, 0.62, 0.68, 0.76, 0.85, 0.93, 1];
const FRAME_MS = 260;
const END_MS = 900;
const COLOURS = 128;
/** Every second pixel of the screenshot. */
const SHRINK = 2;

const site = await serveSite();
const browser = await launch('software');
try {
  const viewport = { width: 720, height: 760 };
  const page = await browser.newPage({ viewport, deviceScaleFactor: SHRINK });
  const scene = { backend: 'wasm', lang: 'en', theme: 'light', scale: '1', steps: 12 };
  await page.goto(address(site.url, scene));
  await page.waitForFunction(
    () =>
      Number(document.querySelector<SVGElement>('g[data-curve="variety"]')?.dataset.points ?? 0) >=
      12,
    undefined,
    { timeout: 600_000 },
  );
  // The whole film is there: from here on nothing is computed.
  const track = (await page.locator('.rail-track').boundingBox())!;
  const handle = (await page.locator('.handle').boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  const gif = GIFEncoder();
  const way = [...PLACES, ...PLACES.slice(1, -1).toReversed()];
  for (const [i, place] of way.entries()) {
    await page.mouse.move(track.x + place * track.width, handle.y);
    await page.waitForTimeout(120);
    const { data, width, height } = shrunk(await page.screenshot());
    const palette = quantize(data, COLOURS);
    const isEnd = i === 0 || place === 1;
    gif.writeFrame(applyPalette(data, palette), width, height, {
      palette,
      delay: isEnd ? END_MS : FRAME_MS,
      ...(i === 0 && { repeat: 0 }),
    });
  }
  gif.finish();
  writeFileSync(OUT, gif.bytes());
  console.log(`${OUT}: ${way.length} frames, ${readFileSync(OUT).byteLength} bytes`);
} finally {
  await browser.close();
  await site.close();
}

/** A screenshot at its size in CSS pixels, averaged over squares: smooth type in few colours. */
function shrunk(png: Uint8Array) {
  const { data, width, height, channels } = decode(png);
  const [columns, rows] = [width / SHRINK, height / SHRINK];
  const small = new Uint8ClampedArray(columns * rows * 4);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (let dy = 0; dy < SHRINK; dy++) {
          for (let dx = 0; dx < SHRINK; dx++) {
            const pixel = (y * SHRINK + dy) * width + x * SHRINK + dx;
            sum += c < channels ? data[pixel * channels + c]! : 255;
          }
        }
        small[(y * columns + x) * 4 + c] = sum / SHRINK ** 2;
      }
    }
  }
  return { data: small, width: columns, height: rows };
}
