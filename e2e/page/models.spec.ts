import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { decode } from 'fast-png';
import { openShareMenu } from '../header';
import { expect, test, words } from '../playground';

const { controls, classSearch, grid, shelf, wipe } = words;
const COLOUR = 'Coloured discs (test network)';

const dialog = (page: Page) => page.getByRole('dialog', { name: shelf.heading });
const card = (page: Page, id: string) => page.locator(`[data-model=${id}]`);

/** How many of a canvas's pixels are coloured. */
function coloured(canvas: Locator): Promise<number> {
  return canvas.evaluate(async (element) => {
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
    const { width, height } = element as HTMLCanvasElement;
    const data = (element as HTMLCanvasElement)
      .getContext('2d')
      ?.getImageData(0, 0, width, height).data;
    let count = 0;
    for (let i = 0; data && i < data.length; i += 4) {
      if (Math.abs(data[i]! - data[i + 2]!) > 60) count++;
    }
    return count;
  });
}

/** Keys and sizes of what the browser keeps of networks. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const requests = await (await caches.open('guidance-models /models/')).keys();
    return requests.map(({ url }) => url.split('/').at(-1) ?? '');
  });
}

test('another network by keyboard: settings stay, the class is repaired, a link restores it', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('scale=1,4&steps=5&seed=9&draw=class:2&view=noisy');
  await page.locator('.model-button').focus();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
  // The focus is on the network in use, and from there on the next one.
  await expect(card(page, 'tiny').getByRole('button').first()).toBeFocused();
  await expect(card(page, 'tiny')).toContainText('Synthetic bars · CC0');
  await expect(card(page, 'tiny-colour')).toContainText('16 × 16, colour, 6 classes');
  await expect(card(page, 'tiny-colour')).toContainText('Fréchet distance');
  const thumbnail = page.getByRole('img', { name: shelf.samplesOf(COLOUR) });
  await expect
    .poll(() => thumbnail.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBe(64);
  await page.getByRole('button', { name: shelf.openTitle(COLOUR) }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.locator('.model-button')).toHaveAttribute('data-loaded', 'tiny-colour');
  await playground.settled();
  await expect(page).toHaveURL(/model=tiny-colour/);
  await expect(page).toHaveURL(/scale=1,4/);
  await expect(page).toHaveURL(/seed=9/);
  await expect(page.getByRole('combobox', { name: classSearch.search(6) })).toHaveValue('red');
  await expect(playground.number(controls.numSteps)).toHaveValue('5');
  await expect(playground.notice).toHaveCount(0);
  expect(await coloured(playground.columns.first().locator('canvas'))).toBeGreaterThan(500);
  const pixels = await playground.pixels();
  await page.reload();
  await playground.settled();
  expect(await playground.pixels()).toBe(pixels);
});

test('what another network cannot do is put in order, and told', async ({ playground }) => {
  const { page } = playground;
  await playground.open(
    'guidance=classifier&negative=3&layout=grid&rows=draw:class:1,class:2&cols=guidance:cfg,classifier',
  );
  await page.locator('.model-button').click();
  await card(page, 'tiny-colour').locator('.open').click();
  await expect(page.locator('[data-notice=refitted]')).toContainText('guidance=classifier');
  await expect(page.locator('[data-notice=refitted]')).toContainText('negative=3');
  await expect(page.locator('.cell[data-status=done]')).toHaveCount(6);
  await expect(page).toHaveURL(/rows=draw:class:red,class:yellow/);
  await expect(page).toHaveURL(/cols=guidance:cfg(&|$)/);
});

test('a network that cannot be had leaves the way back open', async ({ playground }) => {
  const { page } = playground;
  await page.route('**/tiny-colour/model.onnx', (route) => route.fulfill({ status: 404 }));
  await playground.open('draw=class:1');
  const pixels = await playground.pixels();
  const choose = async (id: string) => {
    await page.locator('.model-button').click();
    await card(page, id).locator('.open').click();
  };
  await choose('tiny-colour');
  await expect(playground.error).toContainText('models/tiny-colour/model.onnx');
  await choose('tiny');
  await playground.settled();
  await expect(playground.error).toHaveCount(0);
  expect(await playground.pixels()).toBe(pixels);
  await page.unroute('**/tiny-colour/model.onnx');
  await choose('tiny-colour');
  await choose('tiny'); // before the other is there
  await expect(page.locator('.model-button')).toHaveAttribute('data-loaded', 'tiny');
  await playground.settled();
  await expect(page).toHaveURL(/model=tiny(&|$)/);
});

test('what is downloaded: shown, deleted, and cleared of files that no network names', async ({
  playground,
}) => {
  const { page } = playground;
  await page.goto('./?page=plane');
  await page.evaluate(async () => {
    const cache = await caches.open('guidance-models /models/');
    await cache.put(`https://models.invalid/${'0'.repeat(64)}`, new Response('old'));
  });
  await playground.open();
  await expect.poll(() => kept(page)).toHaveLength(2);
  expect(await kept(page)).not.toContain('0'.repeat(64));

  await page.locator('.model-button').click();
  await expect(card(page, 'tiny')).toContainText(shelf.keptPart('0.2 MB', '0.7 MB'));
  await expect(card(page, 'tiny-colour')).toContainText(shelf.keptNone);
  await expect(dialog(page)).toContainText(shelf.total('0.2 MB'));
  await card(page, 'tiny')
    .getByRole('button', { name: shelf.removeTitle('Bars (test network)') })
    .click();
  await expect(card(page, 'tiny')).toContainText(shelf.keptNone);
  await expect(card(page, 'tiny').locator('.open')).toBeFocused();
  await expect(dialog(page)).toContainText(shelf.total('0.0 MB'));
  expect(await kept(page)).toEqual([]);
  await expect(page.getByRole('button', { name: shelf.removeAll })).toBeDisabled();
});

test('a run downloads the networks that it evaluates, and no others', async ({ playground }) => {
  const { page } = playground;
  const asked: string[] = [];
  page.on('request', (request) => {
    const [, id] = /models\/([\w-]+)\/model\.onnx/.exec(request.url()) ?? [];
    if (id) asked.push(id);
  });
  await playground.open('guidance=classifier&classifierSize=1&scale=3');
  expect(asked).toEqual(['tiny', 'tiny-features', 'tiny-small-classifier']);
  await playground.open('guidance=autoguidance&scale=1');
  expect(asked).not.toContain('tiny-weak');
  await playground.changes('a scale that needs it', () =>
    playground.type(controls.guidanceScale, 2),
  );
  expect(asked).toContain('tiny-weak');
});

test('a class by its name: typing, arrow keys, Enter, Escape, and none', async ({ playground }) => {
  const { page } = playground;
  await playground.open('model=tiny-colour');
  const search = page.getByRole('combobox', { name: classSearch.search(6) });
  const options = page.locator('.class-search [role=option]');
  await expect(search).toHaveValue('red');
  await search.click();
  await expect(options).toHaveText(['red', 'yellow', 'green', 'cyan', 'blue', 'magenta']);
  await search.pressSequentially('e');
  await expect(options).toHaveText(['red', 'yellow', 'green', 'blue', 'magenta']);
  await search.press('Escape');
  await expect(options).toHaveCount(0);
  await expect(search).toHaveValue('red');
  await playground.changes('Enter', async () => {
    await search.fill('gr');
    await search.press('Enter');
  });
  await expect(search).toHaveValue('green');
  await playground.changes('the arrow keys', async () => {
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await search.press(key);
  });
  await expect(search).toHaveValue('cyan');
  await expect(page).toHaveURL(/draw=class:cyan/);
  await search.click();
  await playground.changes('a click', () => options.getByText('magenta').click());
  await search.fill('purple');
  await expect(page.getByText(classSearch.noMatch('purple'))).toBeVisible();
  await search.press('Escape');
  await playground.changes('no class', () => playground.button(controls.noClassHint).click());
  await expect(search).toHaveValue('');
  await expect(page).toHaveURL(/draw=none/);
});

test('colour in every view and every export', async ({ playground }) => {
  const { page } = playground;
  await playground.open('model=tiny-colour&scale=1,5&inside=on&overlay=on&n=4&draw=class:blue');
  const stage = playground.columns.first().locator('canvas');
  expect(await coloured(stage), 'the stage').toBeGreaterThan(500);
  expect(await coloured(page.locator('.filmstrip canvas').first()), 'a filmstrip').toBeGreaterThan(
    50,
  );
  await playground.scrubber.fill('0.5');
  const difference = page.locator('[data-picture=difference]');
  expect(await coloured(difference), 'inside the guidance').toBeGreaterThan(0);
  await playground.scrubber.fill('1');
  const before = await playground.pixels(1);
  await playground.button(words.overlay.show).click();
  expect(await playground.pixels(1), 'the overlay must show').not.toBe(before);

  const take = async (entry: string) => {
    await openShareMenu(page);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: entry, exact: true }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toContain('tiny-colour-blue');
    return readFile(await download.path());
  };
  for (const entry of [words.export.sample, words.export.columns]) {
    const { data, channels } = decode(await take(entry));
    let blue = 0;
    for (let i = 0; i < data.length; i += channels) if (data[i + 2]! > data[i]! + 60) blue++;
    expect(blue, entry).toBeGreaterThan(500);
  }
  const gif = await take(words.export.sampleWay);
  const blueShare = await page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ type: 'image/gif', data });
    const { image } = await decoder.decode({ frameIndex: 4 });
    const context = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext('2d')!;
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, image.displayWidth, image.displayHeight).data;
    let blue = 0;
    for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 2]! > pixels[i]! + 60) blue++;
    return (4 * blue) / pixels.length;
  }, gif.toString('base64'));
  expect(blueShare).toBeGreaterThan(0.05);

  await playground.button(wipe.name).click();
  expect(await coloured(page.locator('.overlaid canvas')), 'the wipe').toBeGreaterThan(500);
  await playground.button(words.wipe.difference).click();
  expect(await coloured(page.locator('.overlaid canvas')), 'the difference').toBeGreaterThan(50);
  await playground.button(grid.name).click();
  // Six samples at five scales, what the grid opens on.
  await expect(page.locator('.cell[data-status=done]')).toHaveCount(30);
  expect(await coloured(page.locator('.cell canvas').last()), 'the grid').toBeGreaterThan(20);
});
