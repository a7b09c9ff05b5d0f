import { classWords } from '../../src/kit/words/class-names';
import { expect, test, words } from '../playground';
import { WORDS } from '../words';

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
    await expect(search).toHaveValue(classWords(name, 'en').name);
    (await recognised()).forEach((share, column) => {
      guided[column]! += share / 3;
    });
  }
  expect(guided[1]).toBeGreaterThan(guided[0]!);
  expect(guided[1]).toBeGreaterThan(70);

  // Yellow faces: more red than blue over all pictures, whichever seeds they have.
  await search.fill('face-smiling');
  await search.press('Enter');
  await playground.settled();
  const excess = await columns
    .last()
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
      let total = 0;
      for (let i = 0; i < data.length; i += 4) total += data[i]! - data[i + 2]!;
      return total / (width * height);
    });
  expect(excess).toBeGreaterThan(15);
});

test('emoji classes have names in both languages and pictures, and are found by their members', async ({
  playground,
}) => {
  const { page, columns } = playground;
  for (const [lang, typed, name] of [
    ['en', 'cat', 'Mammals'],
    ['zh', '猫', '哺乳动物'],
  ] as const) {
    await playground.open(`model=emoji&lang=${lang}&n=1&steps=1&scale=1&draw=class:heart`);
    const search = page.getByRole('combobox', { name: WORDS[lang].classSearch.search(49) });
    await expect(search).toHaveValue(classWords('heart', lang).name);
    await search.fill(typed);
    const option = page.locator('.class-search [role=option]').first();
    await expect(option).toHaveText(name);
    // The picture is there, and is a part of the sheet of its own.
    const address = await option
      .locator('.class-picture')
      .evaluate((element) => getComputedStyle(element).backgroundImage.slice(5, -2));
    expect((await page.request.get(address)).headers()['content-type']).toBe('image/webp');
    await search.press('Enter');
    await playground.settled();
    await expect(page).toHaveURL(/draw=class:animal-mammal/);
    await expect(search).toHaveValue(name);
    // From the open list, which scrolls, the Tab key goes on to what is beside it.
    await search.press('Tab');
    await expect(playground.button(WORDS[lang].controls.mixed)).toBeFocused();
    await expect(columns.getByRole('slider')).toHaveAccessibleName(new RegExp(name));
  }
});
