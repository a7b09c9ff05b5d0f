import type { Locator } from '@playwright/test';
import { readAddress } from '../../src/settings/url';
import { expect, type Playground, test, words } from '../playground';

const { controls, curve, steer } = words;

const editor = ({ page }: Playground): Locator =>
  page.getByRole('slider', { name: curve.edit, exact: true });

/** The curve that the address bar holds, once it is as it should be. */
async function curveInAddress(
  { page }: Playground,
  fits: (scales: readonly number[]) => boolean,
): Promise<readonly number[]> {
  const read = () => readAddress(new URL(page.url()).search).settings.columns[0]!.curve ?? [];
  await expect.poll(() => fits(read())).toBe(true);
  return read();
}

/** How many different scales there are. */
const variety = (scales: readonly number[]) => new Set(scales).size;

/** Draws over the plot, from and to shares of its width and height. */
async function draw(playground: Playground, ...way: [number, number][]): Promise<void> {
  const { mouse } = playground.page;
  await editor(playground).scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await editor(playground).boundingBox())!;
  const [start, ...rest] = way.map(([across, down]) => [x + across * width, y + down * height]);
  await mouse.move(start![0]!, start![1]!);
  await mouse.down();
  for (const [left, top] of rest) await mouse.move(left!, top!);
  await mouse.up();
}

test('a schedule drawn by hand: pointer, keys, flat, reset, another number of steps', async ({
  playground,
}) => {
  await playground.open('n=1&steps=8');
  const constant = await playground.pixels();
  const shape = playground.choice(controls.shape);
  await shape.selectOption({ label: curve.drawn });
  await playground.settled();
  expect(await playground.pixels(), 'flat at the same scale, the same pixels').toBe(constant);
  await expect(playground.number(controls.guidanceScale)).toBeDisabled();
  await expect(playground.handle()).toHaveCount(0);

  // Two points: the steps between them are drawn too.
  const drawn = await playground.changes('a stroke', () =>
    draw(playground, [0.01, 0.8], [0.99, 0.2]),
  );
  const scales = await curveInAddress(playground, (all) => variety(all) === 8);
  expect(scales.toSorted((a, b) => a - b)).toEqual(scales);

  const plot = editor(playground);
  const value = Number(await plot.getAttribute('aria-valuenow'));
  await playground.changes('an arrow key', async () => {
    await plot.press('Home');
    await plot.press('ArrowRight');
    await plot.press('ArrowUp');
    await plot.press('PageUp');
  });
  await expect(plot).toHaveAttribute('aria-valuetext', /^step 2 of 8/);
  expect(Number(await plot.getAttribute('aria-valuenow'))).toBeCloseTo(scales[1]! + 1.1, 3);
  await plot.press('End');
  expect(Number(await plot.getAttribute('aria-valuenow'))).toBeCloseTo(value, 3);

  await playground.changes('another number of steps', () => playground.type(controls.numSteps, 5));
  await playground.type(controls.numSteps, 8);
  await playground.settled();
  await playground.changes('flat', () => playground.button(curve.flat).click());
  await curveInAddress(playground, (all) => variety(all) === 1);
  await playground.button(curve.reset).click();
  await playground.settled();
  expect(await playground.pixels(), 'reset').toBe(constant);

  await playground.changes('the stroke again', () => draw(playground, [0.01, 0.8], [0.99, 0.2]));
  expect(await playground.pixels()).toBe(drawn);
  await shape.selectOption('constant');
  await playground.settled();
  expect(await playground.pixels(), 'a shape in place of the curve').toBe(constant);
  await expect(playground.number(controls.guidanceScale)).toBeEnabled();
});

test('what shape and interval make of the scale is seen', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1&steps=8&shape=rising');
  const preview = page.getByRole('img', { name: curve.preview });
  await expect(preview).toHaveAccessibleName(`${curve.preview}. ${curve.range('1.25', '4.75')}`);
  await expect(preview.locator('.outside')).toHaveCount(0);
  await playground.slider(controls.intervalHigh).fill('800');
  await expect(preview.locator('.outside')).not.toHaveCount(0);
  await expect(preview).toHaveAccessibleName(new RegExp(curve.range('1', '4.25')));
  await playground.choice(controls.guidance).selectOption('conditional');
  await expect(preview).toHaveCount(0);
});

test('a steered run takes the scale of its moment, and its link replays it', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1&steps=6');
  const before = await playground.pixels();
  await playground.button(steer.start).click();
  const scale = playground.handle();
  await expect(scale).toBeFocused();
  const recording = page.getByRole('img', { name: curve.recording });
  await expect(recording).toBeVisible();
  await expect(recording.locator('.to-come'), 'it has begun').toHaveCount(1);
  await scale.press('PageUp');
  await playground.number(controls.guidanceScale).fill('9.5');
  await playground.settled();
  await expect(recording).toHaveCount(0);

  const scales = await curveInAddress(playground, (all) => all.length === 6);
  expect(scales[0]).toBe(3);
  expect(scales.at(-1)).toBe(9.5);
  const steered = await playground.pixels();
  expect(steered, 'the steered run has pixels of its own').not.toBe(before);
  await expect(playground.choice(controls.shape).locator('option:checked')).toHaveText(curve.drawn);
  await expect(playground.button(steer.start), 'the focus is not lost').toBeFocused();

  await page.reload();
  await playground.settled();
  expect(await playground.pixels(), 'the link replays it').toBe(steered);

  await playground.button(steer.back(3)).click();
  await playground.settled();
  expect(await playground.pixels(), 'and one press leads back').toBe(before);
});

test('steering is given up by key, button or another change, and all is as before', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1&steps=6');
  const before = await playground.pixels();
  const start = playground.button(steer.start);
  const stop = playground.button(steer.stop);
  const address = page.url();
  for (const [giveUp, scale] of [
    [() => page.keyboard.press('Escape'), 9],
    [() => stop.click(), 6],
  ] as const) {
    await start.click();
    await expect(stop).toBeVisible();
    await playground.type(controls.guidanceScale, scale);
    await giveUp();
    await expect(stop).toHaveCount(0);
    await playground.settled();
    expect(await playground.pixels()).toBe(before);
    await expect(playground.number(controls.guidanceScale)).toHaveValue('3');
    expect(page.url()).toBe(address);
  }
  await start.click();
  await expect(stop).toBeVisible();
  await playground.changes('another seed', () => playground.type(controls.seed, 77));
  await expect(stop).toHaveCount(0);
  expect(page.url()).not.toContain('curve');
});
