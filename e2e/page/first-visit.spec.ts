import type { Locator, Page } from '@playwright/test';
import drawn from '../../src/features/playground/first-pictures/drawn.json' with { type: 'json' };
import { PRESETS } from '../../src/settings/presets';
import { expect, test, words } from '../playground';

const earlier = (page: Page) => page.locator('.first-pictures');

/** A canvas's pixels, averaged over squares of 8, and how many colours it has. */
const shades = (page: Page, selector: string, column: number) =>
  page
    .locator(selector)
    .nth(column)
    .evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const small = new OffscreenCanvas(Math.round(width / 8), Math.round(height / 8));
      const context = small.getContext('2d')!;
      context.imageSmoothingQuality = 'high';
      context.drawImage(element as HTMLCanvasElement, 0, 0, small.width, small.height);
      return [...context.getImageData(0, 0, small.width, small.height).data];
    });

const sizeOf = async (column: Locator) => {
  const box = await column.boundingBox();
  return [box?.width, box?.height];
};

const difference = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

for (const [query, { model, columns: all, class: name }] of [
  ['', drawn[0]!],
  ['&model=letters', drawn.find(({ model }) => model === 'letters')!],
] as const) {
  test(`a first visit${query} shows pictures drawn earlier, says so, and puts its own in their place`, async ({
    page,
    playground,
  }) => {
    // No network yet: the pictures must not wait for it.
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await page.route('**/model.onnx', async (route) => {
      await gate;
      await route.continue();
    });
    await page.goto(`./?backend=wasm&lang=en${query}`);
    await expect(earlier(page)).toHaveCount(all.length);
    await expect(earlier(page).first()).toContainText(words.drawnEarlier);
    await expect(page.locator('.model-name')).toHaveText(words.shelf.opening);
    const columns = [0, 1, 2];
    await expect
      .poll(async () => new Set(await shades(page, '.first-pictures canvas', 0)).size)
      .toBeGreaterThan(50);
    const before = await Promise.all(
      columns.map((column) => shades(page, '.first-pictures canvas', column)),
    );
    const size = await sizeOf(playground.columns.first());
    open();
    await playground.settled();
    await expect(earlier(page)).toHaveCount(0);
    // What the caption says is so in these pictures, and said so.
    if (model === drawn[0]!.model) {
      const claims = page.locator('.claims li');
      await expect(claims).toHaveCount(PRESETS.glance.claims.length);
      for (const claim of await claims.all()) {
        await expect(claim).toHaveAttribute('data-holds', 'true');
      }
    }
    expect(await sizeOf(playground.columns.first())).toEqual(size);
    await expect(page).toHaveURL(new RegExp(`draw=class:${name}`));
    const now = await Promise.all(columns.map((column) => shades(page, '.column canvas', column)));
    // The same pictures as drawn here (2 to 5 of 255 apart, by the WebP and the marks of misread
    // samples), and those of other columns are further away.
    for (const column of columns) {
      const [own = 0, ...others] = [column, ...columns.filter((other) => other !== column)].map(
        (drawn) => difference(before[drawn]!, now[column]!),
      );
      expect(own).toBeLessThan(6);
      expect(own, `${others}`).toBeLessThan(0.8 * Math.min(...others));
      // Strokes change less than what is in colour.
      if (model === drawn[0]!.model) {
        expect(difference(before[column]!, now[(column + 1) % 3]!)).toBeGreaterThan(12);
      }
    }
  });
}

test('pictures from words, drawn earlier, are there before their networks', async ({ page }) => {
  await page.route('**/model.onnx', () => {});
  await page.goto('./?backend=wasm&lang=en&model=pictures');
  await expect(earlier(page)).toHaveCount(3);
  for (const column of [0, 1, 2]) {
    await expect
      .poll(async () => new Set(await shades(page, '.first-pictures canvas', column)).size)
      .toBeGreaterThan(50);
  }
});

test('other settings than the first visit’s show no pictures drawn earlier', async ({ page }) => {
  await page.route('**/model.onnx', () => {});
  for (const query of ['seed=7', 'n=4', 'model=tiny', 'draw=class:heart', 'scale=1,3,7']) {
    await page.goto(`./?backend=wasm&lang=en&${query}`);
    await expect(page.locator('.column').first()).toBeVisible();
    await expect(earlier(page)).toHaveCount(0);
    // Which scenes another network has is known once it is there.
    const scenes = page.locator('.presets .scenes');
    await expect(scenes).toBeVisible({ visible: query !== 'model=tiny' });
  }
  await page.goto('./?backend=wasm&lang=en');
  await expect(earlier(page)).toHaveCount(3);
});
