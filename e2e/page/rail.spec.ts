import type { Page } from '@playwright/test';
import { expect, type Playground, test, words } from '../playground';

const { sheet } = words;

/** The film of the test network is there at a dozen scales, and at the columns' own. */
async function filmed({ page }: Playground): Promise<void> {
  const drawn = page.locator('.rail-curves [data-curve="variety"] [data-by-student="false"]');
  await expect(async () => expect(await drawn.count()).toBeGreaterThanOrEqual(12)).toPass();
}

/** Where a scale lies on the rail, in pixels of the page, from the marks of its axis. */
async function placeOf(page: Page, scale: string): Promise<{ x: number; y: number }> {
  const tick = page.locator('.rail-axis .tick').filter({ hasText: new RegExp(`^${scale}$`) });
  const { x, width } = (await tick.boundingBox())!;
  const track = (await page.locator('.rail-track').boundingBox())!;
  return { x: x + width / 2, y: track.y + 10 };
}

async function grab(playground: Playground, column = 0): Promise<void> {
  const { page } = playground;
  const { x, y, width, height } = (await playground.handle(column).boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
}

test('dragging a handle plays the film: pictures, heading and figures of one scale', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('film=on');
  await filmed(playground);
  const heading = playground.columns.getByRole('heading');
  const seen = new Map<string, string>();
  await grab(playground);
  const zones = { 8: 'strong', 1: 'off', 4: 'typical', 15: 'strong', 0: 'off' };
  for (const scale of ['8', '1', '4', '15', '0'] as const) {
    await page.mouse.move((await placeOf(page, scale)).x, 500, { steps: 3 });
    await expect(heading).toHaveText(`s = ${scale}`);
    const now = page.locator('.zone[data-now="true"]');
    await expect(now).toHaveAttribute('data-zone', zones[scale]);
    await expect(playground.columns).toHaveAttribute('data-status', 'done');
    seen.set(scale, await playground.pixels());
  }
  expect(new Set(seen.values()).size, 'every scale has pixels of its own').toBe(5);
  await page.mouse.move((await placeOf(page, '4')).x, 500);
  await page.mouse.up();
  await playground.settled();
  expect(await playground.pixels(), 'released where the film has a picture').toBe(seen.get('4'));

  // What the film showed is what a run of its own comes to.
  await playground.open('scale=4&film=off');
  expect(await playground.pixels()).toBe(seen.get('4'));
});

test('released between the film’s scales, the exact one is drawn, seen from its first step', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=4&steps=64&film=on');
  const heading = playground.columns.getByRole('heading');
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      const column = document.querySelector<HTMLElement>('.column')!;
      seen.push(`${column.dataset.status} ${column.dataset.stale}`);
      requestAnimationFrame(look);
    };
    look();
  });
  await grab(playground);
  const { x } = await placeOf(page, '10');
  await page.mouse.move(x + 15, 500, { steps: 2 });
  await page.mouse.up();
  await playground.settled();
  await expect(heading).toHaveText('s = 10.5');
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(seen, 'the denoising was watched').toContain('running false');
});

test('nothing stands under a heading or a figure that is not its own, in any frame', async ({
  playground,
}) => {
  const { page } = playground;
  // What is still to be drawn in the frame that is looked at.
  await page.addInitScript(() => {
    const request = window.requestAnimationFrame.bind(window);
    let pending = 0;
    window.requestAnimationFrame = (callback) => {
      pending++;
      return request((now) => {
        pending--;
        callback(now);
      });
    };
    const cancel = window.cancelAnimationFrame.bind(window);
    window.cancelAnimationFrame = (id) => {
      if (id) pending--;
      cancel(id);
    };
    Object.assign(window, { nextFrame: request, isDrawn: () => pending <= 0 });
  });
  await playground.open('film=on');
  await filmed(playground);
  // What every scale of the film looks like, and what is measured there.
  await grab(playground);
  const track = (await page.locator('.rail-track').boundingBox())!;
  await page.evaluate(() => {
    const known = new Map<string, Set<string>>();
    const wrong: string[] = [];
    let frames = 0;
    Object.assign(window, { known, wrong, watched: () => frames });
    const { nextFrame, isDrawn } = window as unknown as {
      nextFrame(callback: () => void): void;
      isDrawn(): boolean;
    };
    const look = () => {
      nextFrame(() => setTimeout(look));
      if (!isDrawn()) return;
      const column = document.querySelector<HTMLElement>('.column')!;
      const { status, stale } = column.dataset;
      const figure = column.querySelector('[data-figure="diversity"]')?.textContent ?? '';
      if (status === 'done' && stale === 'false') {
        frames++;
        const canvas = column.querySelector('canvas')!;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let digest = 0;
        for (let i = 0; i < data.length; i += 7) digest = (digest * 31 + data[i]!) | 0;
        const heading = column.querySelector('h3')!.textContent!;
        known.set(heading, (known.get(heading) ?? new Set()).add(`${digest} ${figure}`));
      } else if (/\d/.test(figure)) {
        wrong.push(`${status} ${stale}: ${figure}`);
      }
    };
    nextFrame(() => setTimeout(look));
  });
  for (let i = 0; i < 60; i++) {
    const share = ((i * 37) % 100) / 100;
    await page.mouse.move(track.x + share * track.width, 500);
    if (i % 15 === 14) {
      await page.mouse.up();
      await grab(playground);
    }
  }
  await page.mouse.up();
  await playground.settled();
  const { differing, wrong, frames } = await page.evaluate(() => {
    const { known, wrong, watched } = window as unknown as {
      known: Map<string, Set<string>>;
      wrong: string[];
      watched(): number;
    };
    const differing = [...known].filter(([, looks]) => looks.size > 1).map(([name]) => name);
    return { differing, wrong, frames: watched() };
  });
  expect(frames).toBeGreaterThan(20);
  expect(wrong, 'figures beside pictures that are not there').toEqual([]);
  expect(differing, 'two looks under one heading').toEqual([]);
});

test('a click adds a column; keys move it; Delete and dragging off remove one', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open();
  const { x, y } = await placeOf(page, '8');
  await page.mouse.click(x, y);
  await expect(playground.columns).toHaveCount(2);
  await expect(playground.columns.getByRole('heading')).toHaveText(['s = 3', 's = 8']);
  const added = playground.handle(1);
  await expect(added).toHaveAttribute('data-active', 'true');
  await playground.settled();
  await playground.changes('an arrow key', () => added.press('ArrowRight'), 1);
  await expect(added).toHaveAttribute('aria-valuenow', '8.5');
  await added.press('Delete');
  await expect(playground.columns).toHaveCount(1);

  await page.mouse.click(x, y);
  await expect(playground.columns).toHaveCount(2);
  await grab(playground, 0);
  await page.mouse.move(x, y - 300, { steps: 4 });
  await page.mouse.up();
  await expect(playground.columns.getByRole('heading')).toHaveText(['s = 8']);
  await playground.handle().press('Delete');
  await expect(playground.columns, 'the last one stays').toHaveCount(1);
});

test('the rail is reached within ten presses of Tab', async ({ playground }) => {
  const { page } = playground;
  await playground.open('scale=1,3,8');
  await page.locator('body').press('Tab');
  let presses = 1;
  const onRail = () => page.evaluate(() => document.activeElement?.className === 'handle');
  while (!(await onRail()) && presses < 30) {
    await page.keyboard.press('Tab');
    presses++;
  }
  expect(presses).toBeLessThanOrEqual(10);
});

test('without the film nothing is drawn that was not asked for', async ({ playground }) => {
  const { page } = playground;
  await playground.open('scale=1,3&film=on');
  await filmed(playground);
  await page.getByLabel(words.expert.film).uncheck();
  await playground.changes('a seed', () => playground.type(words.controls.seed, 7));
  await page.waitForTimeout(500);
  await expect(page.locator('.rail-curves g[data-curve="variety"]')).toHaveAttribute(
    'data-points',
    '2',
  );
});

test('headings of any length leave the canvases in one line', async ({ playground }) => {
  const { page } = playground;
  await page.setViewportSize({ width: 1280, height: 900 });
  await playground.open('sampler=ddim,dpmpp-2m-sde,heun,ddpm');
  const tops = await playground.columns
    .locator('canvas')
    .evaluateAll((all) => all.map((canvas) => Math.round(canvas.getBoundingClientRect().top)));
  const heights = await playground.columns
    .getByRole('heading')
    .evaluateAll((all) => all.map((heading) => heading.getBoundingClientRect().height));
  expect(new Set(heights).size, 'the headings differ in height').toBeGreaterThan(1);
  expect(new Set(tops).size).toBe(1);
});

test('on a phone pictures and rail are on the screen together, before and after sampling', async ({
  playground,
}) => {
  const { page } = playground;
  await page.setViewportSize({ width: 390, height: 844 });
  await playground.visit('scale=1,3,8');
  for (const when of ['at first', 'done'] as const) {
    if (when === 'done') await playground.settled();
    for (const part of ['.column canvas', '.rail-track', '.handle']) {
      const box = await page.locator(part).first().boundingBox();
      expect(box, `${part} ${when}`).not.toBeNull();
      expect(box!.y, `${part} ${when}`).toBeGreaterThanOrEqual(0);
      expect(box!.y + Math.min(box!.height, 200), `${part} ${when}`).toBeLessThanOrEqual(844);
    }
    const canvas = (await page.locator('.column canvas').first().boundingBox())!;
    const rails = (await page.locator('.rails').boundingBox())!;
    expect(canvas.y + canvas.height, `${when}: no picture under the rails`).toBeLessThanOrEqual(
      rails.y,
    );
  }
  await expect(page.getByRole('complementary')).toBeHidden();
  await playground.button(sheet.open).click();
  await expect(page.getByRole('complementary')).toBeVisible();
  await playground.changes('a seed in the sheet', () => playground.type(words.controls.seed, 9));
  await page.keyboard.press('Escape');
  await expect(playground.button(sheet.open)).toBeFocused();
  await playground.button(sheet.open).click();
  await playground.button(sheet.close).click();
  await expect(page.getByRole('complementary')).toBeHidden();
});
