import type { Locator } from '@playwright/test';
import { expect, type Playground, test, words } from '../playground';

const { inside, overlay, timeline } = words;

const chart = ({ page }: Playground, figure: string) => page.locator(`[data-figure="${figure}"]`);
const picture = ({ page }: Playground, id: string) => page.locator(`[data-picture="${id}"]`);

/** Opens the panel and waits for the runs that record what it shows. */
async function openPanel(playground: Playground): Promise<void> {
  await playground.button(inside.title).click();
  await playground.settled();
  await expect(chart(playground, 'saturated').locator('svg')).toBeVisible();
}

/** The curves of a chart as their SVG paths; a gap begins a new piece (M). */
const paths = (element: Locator) =>
  element
    .locator('[aria-label="line"] path')
    .evaluateAll((lines) => lines.map((line) => line.getAttribute('d') ?? ''));

const points = (path: string) => path.match(/[ML]/g)?.length ?? 0;

/** All pixels of a canvas, as they stand in the next frame. */
const pixels = (canvas: Locator) =>
  canvas.evaluate(async (element: HTMLCanvasElement) => {
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
    return element.toDataURL();
  });

test('curves of every step, a rule that moves with the scrubber, and pictures of its step', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('scale=2,5&active=1');
  const before = await playground.pictures();
  await openPanel(playground);
  expect(await playground.pictures(), 'looking changes nothing').toEqual(before);

  for (const figure of ['norm', 'angle', 'parallel', 'orthogonal', 'saturated', 'opinion']) {
    const curves = await paths(chart(playground, figure));
    expect(curves.map(points), figure).toEqual([4, 4]);
    expect(new Set(curves).size, `${figure}: a curve of its own for each column`).toBe(2);
  }
  await expect(chart(playground, 'agreement')).toHaveCount(0);

  const norm = chart(playground, 'norm');
  const rule = async () => (await norm.locator('.rule').boundingBox())!.x;
  const image = norm.getByRole('img');
  const drawn = await norm.locator('svg').evaluateHandle((svg) => svg);
  await playground.scrubber.fill('0');
  const [start, atStart] = [await rule(), await image.getAttribute('aria-label')];
  const epsAtStart = await pixels(picture(playground, 'cond'));
  await playground.scrubber.fill('0.5');
  expect(await rule()).toBeGreaterThan(start + 50);
  expect(await image.getAttribute('aria-label')).not.toBe(atStart);
  for (const id of ['cond', 'other', 'difference']) {
    await expect(picture(playground, id)).toBeVisible();
  }
  expect(await pixels(picture(playground, 'cond'))).not.toBe(epsAtStart);
  expect(await pixels(picture(playground, 'other'))).not.toBe(
    await pixels(picture(playground, 'cond')),
  );
  expect(
    await norm.locator('svg').evaluate((svg, same) => svg === same, drawn),
    'the curves are not drawn again',
  ).toBe(true);

  await norm.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await norm.locator('.scrubbing').boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 2, y + height / 2);
  await expect(playground.scrubber).toHaveValue('0');
  await page.mouse.move(x + width - 2, y + height / 2);
  await page.mouse.up();
  await expect(playground.scrubber).toHaveValue('1');

  const curve = await paths(norm);
  await page.locator('.samples').first().press('ArrowRight');
  await expect.poll(() => paths(norm), 'another sample').not.toEqual(curve);
});

test('gaps where a rule did not evaluate both predictions; the explicit gradient fills them', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('interval=0.2~30&at=0');
  await openPanel(playground);
  const norm = chart(playground, 'norm');
  const whole = points((await paths(chart(playground, 'saturated')))[0]!);
  expect(points((await paths(norm))[0]!)).toBeLessThan(whole);
  await expect(norm.getByRole('img')).toHaveAccessibleName(new RegExp(inside.gap));
  await expect(picture(playground, 'cond')).toHaveAccessibleName(new RegExp(inside.gap));
  const finished = await playground.picture();
  const nfe = page.locator('[data-figure=nfe]');
  const cost = await nfe.textContent();

  await page.getByRole('checkbox', { name: inside.gradient }).check();
  await expect(chart(playground, 'agreement').locator('svg')).toBeVisible();
  await playground.settled();
  expect(points((await paths(norm))[0]!)).toBe(whole);
  expect(await playground.picture(), 'looking changes nothing').toBe(finished);
  await expect(nfe).toHaveText(cost!);
  await playground.scrubber.fill('0.5');
  const explicit = await pixels(picture(playground, 'explicit'));
  expect(explicit).not.toBe(await pixels(picture(playground, 'implicit')));
  await expect(chart(playground, 'agreement').getByRole('img')).toHaveAccessibleName(/: -?\d/);
  await expect(page).toHaveURL(/inside=on.*gradient=on/);
});

test('the overlay colours what lies outside [-1, 1], in samples and filmstrips', async ({
  playground,
}) => {
  await playground.open('scale=8&at=0.5');
  const plain = [await playground.pixels(), await playground.thumbnail(0, 1)];
  await playground.button(overlay.show).click();
  await expect(playground.page.locator('.rails').getByText(overlay.below)).toBeVisible();
  expect(await playground.pixels()).not.toBe(plain[0]);
  expect(await playground.thumbnail(0, 1)).not.toBe(plain[1]);
  const noisy = playground.button(timeline.views.noisy);
  await noisy.click();
  const coloured = await playground.pixels();
  await playground.button(overlay.show).click();
  expect(await playground.pixels(), 'the noisy picture has no range').toBe(coloured);
});

test('a thresholded estimate has nothing to colour', async ({ playground }) => {
  await playground.open('scale=8&at=0.5&threshold=99.5');
  const plain = await playground.pixels();
  await playground.button(overlay.show).click();
  await expect(playground.page.locator('.rails').getByText(overlay.below)).toBeVisible();
  expect(await playground.pixels()).toBe(plain);
});

test('says what u is with a negative class, and where no class was asked for', async ({
  playground,
}) => {
  await playground.open('inside=on&n=1&negative=2&draw=none');
  await expect(playground.page.getByText(words.inside.negative('1'))).toBeVisible();
  await expect(playground.page.getByText(words.inside.noClass)).toBeVisible();
});
