import type { Browser } from 'playwright';

const QUALITY = 0.9;

/**
 * Pictures in [-1, 1] as one WebP, row by row without gaps, which Chromium encodes.
 *
 * @param samples [count, channels, height, width]; 1 channel is grey, 3 are RGB
 */
export async function webpOf(
  browser: Browser,
  samples: Float32Array,
  [channels, height, width]: readonly [number, number, number],
  across: number,
): Promise<Buffer> {
  const pixels = height * width;
  const rows = Math.ceil(samples.length / (channels * pixels) / across);
  const sheet = new Uint8ClampedArray(4 * across * width * rows * height).fill(255);
  samples.forEach((value, i) => {
    const sample = Math.floor(i / (channels * pixels));
    const channel = Math.floor(i / pixels) % channels;
    const y = Math.floor(sample / across) * height + (Math.floor(i / width) % height);
    const x = (sample % across) * width + (i % width);
    const byte = Math.round(Math.min(Math.max((value + 1) * 127.5, 0), 255));
    // A grey picture has one channel for all three.
    for (let c = channel; c < 3; c += channels) sheet[4 * (y * across * width + x) + c] = byte;
  });
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
      columns: across * width,
      lines: rows * height,
      quality: QUALITY,
    },
  );
  await page.close();
  return Buffer.from(base64, 'base64');
}
