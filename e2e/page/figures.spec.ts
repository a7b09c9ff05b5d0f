import { expect, test, words } from '../playground';

const { figures } = words;

test('figures: with their spread, beside real pictures, the underline explained, and nothing moves', async ({
  playground,
}) => {
  const { page, columns } = playground;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  await page.route('**/letters/model.onnx', async (route) => {
    await gate;
    await route.continue();
  });
  await playground.visit('model=letters&draw=class:L&n=8&scale=-1,3&steps=8');
  await expect(columns).toHaveCount(2);
  const heights = () => Promise.all([0, 1].map((k) => columns.nth(k).boundingBox()));
  const before = await heights();
  open();
  await playground.settled();
  expect((await heights()).map((box) => box?.height)).toEqual(before.map((box) => box?.height));

  const [away, towards] = [columns.first(), columns.last()];
  for (const column of [away, towards]) {
    await expect(column.locator('[data-spread=recognised]')).toHaveText(/^± \d+ %$/);
    await expect(column.locator('[data-spread=diversity]')).toHaveText(/^± \d+\.\d$/);
    await expect(column.locator('[data-real=recognised]')).toHaveText(figures.real('95 %'));
    await expect(column.locator('[data-real=diversity]')).toHaveText(figures.real('15.9'));
  }
  // All eight underlined on one side, few or none on the other: the legend counts them.
  await expect(away.locator('.legend')).toBeVisible();
  await expect(away.locator('.legend')).toHaveText(figures.misread(8));
  const recognised = await towards.locator('[data-figure=recognised]').innerText();
  const misread = 8 - Math.round((8 * Number.parseInt(recognised, 10)) / 100);
  expect(misread).toBeLessThan(8);
  if (misread === 0) await expect(towards.locator('.legend')).toBeHidden();
  else await expect(towards.locator('.legend')).toHaveText(figures.misread(misread));
});

test('the variety of a word is not that of the letters that come twice', async ({ playground }) => {
  const { columns } = playground;
  const diversity = columns.locator('[data-figure=diversity]');
  await playground.open('model=letters&draw=word:HELLO&scale=2&steps=4');
  await expect(columns.locator('[data-figure=recognised]')).toHaveText(/%$/);
  await expect(diversity).toHaveText(figures.notAvailable);
  await playground.open('model=letters&draw=word:LOLO&scale=2&steps=4');
  await expect(diversity).toHaveText(/^\d+\.\d$/);
});
