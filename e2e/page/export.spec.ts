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

test('a cascade: frames of all stages are of one size, and files are named by the prompt', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('model=tiny-words&draw=prompt:an owl/on <blue>&seed=7');
  const way = await take(playground, words.export.sampleWay);
  expect(way.name).toBe(
    'guidance-tiny-words-an-owl-on-blue-seed7-cfg-s3-dpmpp-2m-4steps-trajectory.gif',
  );
  expect(await decodeGif(page, way.bytes)).toEqual([5 + 4, 288, 288]);
  await playground.scrubber.fill('0.5');
  const small = await take(playground, words.export.sample);
  expect(sizeOf(small.bytes)).toEqual([288, 288]);
});

/** Frames of a GIF as the browser decodes them, RGBA. */
async function framesOf(page: Page, bytes: Buffer) {
  const { width, height, frames } = await page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ type: 'image/gif', data });
    await decoder.tracks.ready;
    const { frameCount } = decoder.tracks.selectedTrack!;
    const frames: string[] = [];
    let size = { width: 0, height: 0 };
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      const { displayWidth: width, displayHeight: height } = image;
      size = { width, height };
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, width, height).data;
      frames.push(Array.from(pixels, (value) => String.fromCharCode(value)).join(''));
    }
    return { ...size, frames };
  }, bytes.toString('base64'));
  return { width, height, frames: frames.map((text) => Buffer.from(text, 'latin1')) };
}

/** A box of pixels. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The boxes of what changes between two frames, from left to right, apart by at least 10 pixels. */
function changedBoxes(a: Buffer, b: Buffer, width: number, height: number): Box[] {
  const changed = (x: number, y: number) => {
    const i = 4 * (y * width + x);
    return [0, 1, 2].some((c) => Math.abs(a[i + c]! - b[i + c]!) > 8);
  };
  const columns = Array.from({ length: width }, (_, x) =>
    Array.from({ length: height }, (_, y) => y).filter((y) => changed(x, y)),
  );
  const boxes: { left: number; right: number; top: number; bottom: number }[] = [];
  columns.forEach((ys, x) => {
    if (ys.length === 0) return;
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    const last = boxes.at(-1);
    if (last && x - last.right <= 10) {
      last.right = x;
      last.top = Math.min(last.top, top);
      last.bottom = Math.max(last.bottom, bottom);
    } else boxes.push({ left: x, right: x, top, bottom });
  });
  return boxes.map(({ left, right, top, bottom }) => ({
    left,
    top,
    width: right - left + 1,
    height: bottom - top + 1,
  }));
}

/** Mean brightness of 8 × 8 parts of a box. */
function parts(frame: Buffer, width: number, { left, top, width: w, height: h }: Box): number[] {
  return Array.from({ length: 64 }, (_, part) => {
    let sum = 0;
    let count = 0;
    const [column, row] = [part % 8, Math.floor(part / 8)];
    for (let y = Math.ceil((row * h) / 8); y < ((row + 1) * h) / 8; y++) {
      for (let x = Math.ceil((column * w) / 8); x < ((column + 1) * w) / 8; x++) {
        sum += frame[4 * ((top + y) * width + left + x)]!;
        count++;
      }
    }
    return sum / count;
  });
}

/** Mean difference of the parts that are not at the edge, where the page marks a sample. */
function distance(a: readonly number[], b: readonly number[]): number {
  const inner = a.flatMap((value, i) => {
    const [column, row] = [i % 8, Math.floor(i / 8)];
    const atEdge = Math.min(column, row) === 0 || Math.max(column, row) === 7;
    return atEdge ? [] : [Math.abs(value - b[i]!)];
  });
  return inner.reduce((sum, value) => sum + value, 0) / inner.length;
}

/** What a column shows now, as parts; of its right part alone from a share of its width on. */
async function shownParts(
  { page, columns }: Playground,
  column: number,
  from = 0,
): Promise<number[]> {
  const canvas = columns.nth(column).locator('canvas').first();
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const { width, height, pixels } = await canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement)
      .getContext('2d')!
      .getImageData(0, 0, width, height);
    return { width, height, pixels: Array.from(data, (v) => String.fromCharCode(v)).join('') };
  });
  const left = Math.round(from * width);
  const box = { left, top: 0, width: width - left, height };
  return parts(Buffer.from(pixels, 'latin1'), width, box);
}

test('an animation of all columns has each of them at each step, under its heading', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1&scale=1,6&steps=4,8&seed=5&view=noisy');
  const gif = await take(playground, words.export.columnsWay);
  expect(gif.name).toBe(
    'guidance-tiny-0-seed5-1samples-cfg-s1+s6-dpmpp-2m-4steps+8steps-noisy-trajectory.gif',
  );
  const { width, height, frames } = await framesOf(page, gif.bytes);
  expect(frames).toHaveLength(9);
  // Above its foot, what changes is the pictures of both columns.
  const above = Math.floor(0.72 * height);
  const boxes = changedBoxes(frames[0]!, frames.at(-1)!, width, above);
  expect(boxes).toHaveLength(2);
  for (const box of boxes) expect(Math.min(box.width, box.height)).toBeGreaterThan(200);
  // The headings are the same in every frame, and not blank.
  const head = { left: 0, top: 0, width, height: boxes[0]!.top - 4 };
  const heads = frames.map((frame) => parts(frame, width, head));
  for (const one of heads) expect(distance(one, heads[0]!)).toBeLessThan(1);
  expect(Math.max(...heads[0]!) - Math.min(...heads[0]!)).toBeGreaterThan(5);

  for (const [position, step] of [
    [1, 8],
    [0.5, 4],
    [0.25, 2],
  ] as const) {
    await playground.scrubber.fill(String(position));
    for (const column of [0, 1]) {
      const shown = await shownParts(playground, column);
      const distances = frames.map((frame) => distance(parts(frame, width, boxes[column]!), shown));
      const nearest = Math.min(...distances);
      // The last steps change hardly a pixel, and a column of fewer steps has equal frames.
      const own = distances[step]!;
      expect(own, `column ${column} at ${position}`).toBeLessThan(nearest + 1);
      // Earlier both columns are still the same noise.
      if (position < 1) continue;
      expect(distances[0]! - own, 'no noise').toBeGreaterThan(5);
      // And it is this column's, not the other's.
      expect(own).toBeLessThan(distance(parts(frames[step]!, width, boxes[1 - column]!), shown));
    }
  }
});

test('the film over the scales is an animation with each scale in its frame', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=2&pick=1&seed=5&draw=class:1&film=on');
  // Every scale of the film, and the column's own.
  const entries = { picked: words.export.sampleFilm(12), all: words.export.film(12) };
  await openShareMenu(page);
  for (const name of Object.values(entries)) {
    await expect(page.getByRole('button', { name, exact: true })).toBeEnabled();
  }
  await page.keyboard.press('Escape');
  const picked = await take(playground, entries.picked);
  const all = await take(playground, entries.all);
  expect(picked.name).toBe('guidance-tiny-1-seed5-sample1-film.gif');
  expect(all.name).toBe('guidance-tiny-1-seed5-2samples-film.gif');
  const films = [await framesOf(page, picked.bytes), await framesOf(page, all.bytes)] as const;
  const boxes = films.map(({ frames, width, height }) => {
    expect(frames).toHaveLength(12);
    expect(new Set(frames.map((frame) => frame.toString('latin1'))).size).toBe(12);
    const all = frames.slice(1).flatMap((frame) =>
      // Below the heading, which is written in every frame.
      changedBoxes(
        frames[0]!.subarray(4 * 70 * width),
        frame.subarray(4 * 70 * width),
        width,
        height - 70,
      ),
    );
    const [left, top] = [Math.min(...all.map((b) => b.left)), Math.min(...all.map((b) => b.top))];
    return {
      left,
      top: top + 70,
      width: Math.max(...all.map((b) => b.left + b.width)) - left,
      height: Math.max(...all.map((b) => b.top + b.height)) - top,
    };
  });
  // The scale is written in each frame, differently in each.
  const head = (film: (typeof films)[number]) =>
    film.frames.map((frame) => frame.subarray(0, 4 * 60 * film.width).toString('latin1'));
  for (const film of films) expect(new Set(head(film)).size).toBe(12);

  const scales = [-1, 0, 1, 1.5, 2, 3, 4, 5, 6.5, 8, 11, 15];
  for (const scale of [0, 3, 15]) {
    await playground.open(`n=2&pick=1&seed=5&draw=class:1&scale=${scale}&film=off`);
    const shown = [await shownParts(playground, 0, 0.5), await shownParts(playground, 0)] as const;
    films.forEach(({ frames, width }, which) => {
      const distances = frames.map((frame) =>
        distance(parts(frame, width, boxes[which]!), shown[which]!),
      );
      const nearest = distances.indexOf(Math.min(...distances));
      expect(scales[nearest], `${which} at ${scale}`).toBe(scale);
    });
  }
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
