import { expect, test, words } from '../playground';

const { classSearch } = words;

test('emoji, the shipped colour network: found by name, guided, recognised', async ({
  playground,
}) => {
  const { page, columns } = playground;
  await playground.open('model=emoji&scale=1,3&steps=8&n=8');
  const recognised = async () => {
    const shares = await columns.locator('[data-figure=recognised]').allTextContents();
    return shares.map((share) => Number.parseInt(share, 10));
  };
  const search = page.getByRole('combobox', { name: classSearch.search(49) });
  const guided = [0, 0];
  for (const name of ['face-smiling', 'food-fruit', 'time']) {
    await search.fill(name);
    await search.press('Enter');
    await playground.settled();
    await expect(search).toHaveValue(name);
    (await recognised()).forEach((share, column) => {
      guided[column]! += share / 3;
    });
  }
  expect(guided[1]).toBeGreaterThan(guided[0]!);
  expect(guided[1]).toBeGreaterThan(70);

  // Yellow faces: more red than blue in the middle of the first picture.
  await search.fill('face-smiling');
  await search.press('Enter');
  await playground.settled();
  const [red, , blue] = await columns
    .last()
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const side = Math.round(Math.min(canvas.width, canvas.height) / 8);
      return canvas.getContext('2d')!.getImageData(side, side, 1, 1).data;
    });
  expect(red! - blue!).toBeGreaterThan(50);
});
