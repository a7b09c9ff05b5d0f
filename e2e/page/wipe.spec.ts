import { expect, test, words } from '../playground';

const { stage, wipe } = words;
const [a, b] = wipe.sides;

test('two columns overlaid: the divider moves by pointer and by keys, and a click picks', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('layout=wipe&scale=1,6&n=4');
  const divider = playground.slider(wipe.dividerBetween(a, b));
  const middle = await playground.overlaid();
  const box = (await page.locator('.overlaid').boundingBox())!;
  const at = (x: number, y = 0.5) => [box.x + x * box.width, box.y + y * box.height] as const;

  await test.step('drag from anywhere', async () => {
    await page.mouse.move(...at(0.3));
    await page.mouse.down();
    await page.mouse.move(...at(0.8), { steps: 3 });
    await page.mouse.up();
    await expect(divider).toHaveAttribute('aria-valuenow', '80');
    await expect(divider).toHaveAttribute('aria-valuetext', wipe.percent(80));
    expect(await playground.overlaid()).not.toBe(middle);
    await expect(page.getByLabel(words.timeline.filmstrip(1))).toBeVisible();
  });

  await test.step('drag the handle', async () => {
    await page.mouse.move(...at(0.8));
    await page.mouse.down();
    await page.mouse.move(...at(0.5), { steps: 3 });
    await page.mouse.up();
    await expect(divider).toHaveAttribute('aria-valuenow', '50');
    expect(await playground.overlaid()).toBe(middle);
  });

  await test.step('keys', async () => {
    const seen = [middle];
    for (const [key, value] of [
      ['ArrowRight', 52],
      ['PageUp', 62],
      ['ArrowLeft', 60],
      ['Home', 0],
      ['End', 100],
    ] as const) {
      await divider.press(key);
      await expect(divider).toHaveAttribute('aria-valuenow', String(value));
      seen.push(await playground.overlaid());
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  await test.step('click', async () => {
    await page.mouse.click(...at(0.25, 0.75));
    await expect(page.getByLabel(words.timeline.filmstrip(3))).toBeVisible();
    await expect(divider).toHaveAttribute('aria-valuenow', '100');
  });
});

test('the columns are chosen, scrubbed and subtracted, and the link brings all back', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('layout=wipe&scale=1,3,8&n=2');
  const mean = page.locator('.mean output');
  const first = await playground.overlaid();

  await test.step('choosing', async () => {
    await playground.choice(wipe.choose(b)).selectOption('2');
    await expect(page.locator('[data-side="1"]')).toHaveAttribute('data-active', 'true');
    await playground.settled();
    expect(await playground.overlaid()).not.toBe(first);
    await playground.choice(wipe.choose(a)).selectOption('2'); // swaps the two
    await expect(playground.choice(wipe.choose(b))).toHaveValue('0');
    await playground.choice(wipe.choose(b)).selectOption('2');
  });

  await test.step('difference', async () => {
    const divided = await playground.overlaid();
    await playground.button(wipe.difference).click();
    await expect(page.locator('.divider')).toHaveCount(0);
    await expect(mean).toHaveText(/^[0-9.]+$/);
    expect(Number(await mean.textContent())).toBeGreaterThan(0);
    expect(await playground.overlaid()).not.toBe(divided);
    await playground.choice(wipe.choose(b)).selectOption('1');
    const nearer = Number(await mean.textContent());
    await playground.choice(wipe.choose(b)).selectOption('2');
    expect(Number(await mean.textContent())).not.toBe(nearer);
  });

  await test.step('scrubber', async () => {
    const finished = await playground.overlaid();
    await playground.scrubber.fill('0.25');
    expect(await playground.overlaid()).not.toBe(finished);
    await playground.button(words.timeline.views.noisy).click();
    await playground.scrubber.fill('0');
    await expect(mean).toHaveText('0'); // the same noise
    await playground.scrubber.fill('0.75');
  });

  const shown = await playground.overlaid();
  await expect(page).toHaveURL(/wipe=0~2.*difference=on/);
  await expect(page).toHaveURL(/=0\.75(&|$)/);
  await page.reload();
  await playground.settled();
  await expect(playground.choice(wipe.choose(b))).toHaveValue('2');
  expect(await playground.overlaid()).toBe(shown);

  await playground.button(wipe.divider).click();
  await page.locator('.divider').press('PageUp');
  await expect(page).toHaveURL(/divider=0.6/);
  const divided = await playground.overlaid();
  await page.reload();
  await playground.settled();
  await expect(page.locator('.divider')).toHaveAttribute('aria-valuenow', '60');
  expect(await playground.overlaid()).toBe(divided);
});

test('with one column, the wipe says so and pins a second', async ({ playground }) => {
  await playground.open('layout=wipe&scale=2&wipe=2~3');
  const { page } = playground;
  await expect(page.getByText(wipe.alone)).toBeVisible();
  await page.locator('.wipe-one').getByRole('button', { name: stage.pin }).click();
  await playground.settled();
  await expect(playground.choice(wipe.choose(a))).toHaveValue('1');
  await expect(playground.choice(wipe.choose(b))).toHaveValue('0');
  const same = await playground.overlaid();
  await playground.type(words.controls.guidanceScale, 7);
  await playground.settled();
  expect(await playground.overlaid()).not.toBe(same);
});
