import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { decode } from 'fast-png';
import { sampleSeed } from '../../src/diffusion/random';
import { openShareMenu } from '../header';
import { expect, type Playground, test, words } from '../playground';

const { controls } = words;
const COLUMN = 'cfg-s3-dpmpp-2m-4steps';

/** Chooses an entry of the menu and reads the file that it saves. */
async function take({ page }: Playground, entry: string): Promise<{ name: string; bytes: Buffer }> {
  const menu = await openShareMenu(page);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: entry, exact: true }).click();
  const download = await saved;
  await expect(menu).not.toHaveAttribute('open');
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Size of a PNG, which must show something. */
function sizeOf(bytes: Buffer): number[] {
  const { width, height, data } = decode(bytes);
  expect(new Set(data).size, 'a picture must not be blank').toBeGreaterThan(4);
  return [width, height];
}

/** Frames and size of a GIF, as the browser decodes it; its last frame must show something. */
async function decodeGif(page: Page, bytes: Buffer): Promise<number[]> {
  const { shades, ...gif } = await page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ type: 'image/gif', data });
    await decoder.tracks.ready;
    const { frameCount } = decoder.tracks.selectedTrack!;
    const { image } = await decoder.decode({ frameIndex: frameCount - 1 });
    const { displayWidth: width, displayHeight: height } = image;
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(image, 0, 0);
    const shades = new Set(context.getImageData(0, 0, width, height).data).size;
    return { frameCount, width, height, shades };
  }, bytes.toString('base64'));
  expect(shades, 'an animation must not be blank').toBeGreaterThan(4);
  return [gif.frameCount, gif.width, gif.height];
}

/** Drags a file over the page and drops it there. */
async function drop({ page }: Playground, name: string, content: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([name, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], name, { type: 'application/json' }));
      return transfer;
    },
    [name, content] as const,
  );
  await page.dispatchEvent('#stage', 'dragenter', { dataTransfer: data });
  await expect(page.getByText(words.export.drop)).toBeVisible();
  await page.dispatchEvent('#stage', 'drop', { dataTransfer: data });
  await expect(page.getByText(words.export.drop)).toHaveCount(0);
}

test('pictures: a sample, a row, all columns, with names that say what they are', async ({
  playground,
}) => {
  await playground.open('scale=1,3&active=1&pick=1&seed=7&draw=class:2');
  const sample = await take(playground, words.export.sample);
  expect(sample.name).toBe(`guidance-tiny-2-seed7-sample1-${COLUMN}.png`);
  expect(sizeOf(sample.bytes)).toEqual([280, 280]);

  const row = await take(playground, words.export.row);
  expect(row.name).toBe(`guidance-tiny-2-seed7-2samples-${COLUMN}.png`);
  const [rowWidth, rowHeight] = sizeOf(row.bytes);
  expect(rowWidth).toBe(2 * rowHeight!);
  expect(rowHeight).toBeGreaterThan(96);

  const columns = await take(playground, words.export.columns);
  expect(columns.name).toBe('guidance-tiny-2-seed7-2samples-cfg-s1+s3-dpmpp-2m-4steps.png');
  const [width, height] = sizeOf(columns.bytes);
  expect(width).toBeGreaterThan(2 * 420);
  expect(height).toBeGreaterThan(210);

  await playground.scrubber.fill('0.5');
  await playground.button(words.timeline.views.both).click();
  const earlier = await take(playground, words.export.sample);
  expect(earlier.name).toBe(`guidance-tiny-2-seed7-sample1-${COLUMN}-at0.5-both.png`);
  expect(sizeOf(earlier.bytes)).toEqual([560, 280]);
});

test('the grid: a picture with its labels, and its figures', async ({ playground }) => {
  await playground.open('layout=grid&rows=scale:1,5&cols=seed:7,8,9&draw=class:3');
  const grid = await take(playground, words.export.grid);
  expect(grid.name).toBe('guidance-tiny-3-grid-scale-by-seed-cfg-dpmpp-2m-4steps.png');
  const [width, height] = sizeOf(grid.bytes);
  expect(width).toBeGreaterThan(3 * 112);
  expect(height).toBeGreaterThan(2 * 112);
  const { name, bytes } = await take(playground, words.export.json);
  expect(name).toBe(grid.name.replace('.png', '.json'));
  const cells = JSON.parse(bytes.toString()).grid;
  expect(cells).toHaveLength(6);
  expect(cells[4]).toMatchObject({ row: 'scale=5', column: 'seed=8', figures: { nfe: 8 } });
});

test('animations have a frame a step and one for the end', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=4');
  const sample = await take(playground, words.export.sampleWay);
  expect(sample.name).toBe(`guidance-tiny-0-seed42-${COLUMN}-trajectory.gif`);
  expect(await decodeGif(page, sample.bytes)).toEqual([5, 280, 280]);
  const row = await take(playground, words.export.rowWay);
  expect(row.name).toBe(`guidance-tiny-0-seed42-4samples-${COLUMN}-trajectory.gif`);
  const [frames, width, height] = await decodeGif(page, row.bytes);
  expect(frames).toBe(5);
  expect(width).toBe(height);
  expect(width).toBeGreaterThanOrEqual(280);
});

test('a JSON dropped back restores the page, the same pixels', async ({ playground }) => {
  const { page } = playground;
  await playground.open('scale=1,5&draw=class:1&seed=3&sampler=ddpm');
  const pixels = [await playground.pixels(0), await playground.pixels(1)];
  const { name, bytes } = await take(playground, words.export.json);
  expect(name).toBe('guidance-tiny-1-seed3-cfg-s1+s5-ddpm-4steps.json');
  const json = JSON.parse(bytes.toString());
  expect(json.model).toMatchObject({ id: 'tiny', files: [{ name: 'model.onnx' }] });
  expect(json.seeds).toEqual([sampleSeed(3, 0), sampleSeed(3, 1)]);
  expect(json.columns.map(({ figures }: { figures: { nfe: number } }) => figures.nfe)).toEqual([
    4, 8,
  ]);
  expect(json.columns[1].verdicts).toMatchObject({ network: 'tiny-features' });

  await playground.type(controls.seed, 11);
  await playground.type(controls.guidanceScale, 9);
  await playground.settled();
  expect(await playground.pixels(0)).not.toBe(pixels[0]);
  await drop(playground, name, bytes.toString());
  await expect(playground.notice).toContainText(words.notice.restored(name));
  await playground.settled();
  expect([await playground.pixels(0), await playground.pixels(1)]).toEqual(pixels);

  await test.step('from a file, of another model', async () => {
    const other = { ...json, model: { ...json.model, id: 'tiny-weak' } };
    await page.getByLabel(words.export.restore).setInputFiles({
      name: 'other.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(other)),
    });
    await expect(playground.notice).toContainText(words.notice.restored('other.json'));
    await expect(playground.notice).toContainText(words.notice.changed);
    await playground.settled();
    await expect(page).toHaveURL(/model=tiny-weak/);
    expect(await playground.pixels(0)).not.toBe(pixels[0]);
  });
});

test('a file that is no export is explained and changes nothing', async ({ playground }) => {
  await playground.open();
  const pixels = await playground.pixels();
  for (const [content, reason] of [
    ['not JSON', 'bad.json must be JSON, got "not JSON"'],
    ['{"a":1}', 'bad.json must be a page exported here'],
  ] as const) {
    await drop(playground, 'bad.json', content);
    await expect(playground.notice).toContainText(reason);
  }
  expect(await playground.pixels()).toBe(pixels);
});
