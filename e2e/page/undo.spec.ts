import { expect, type Playground, test, words } from '../playground';

const { controls, presets, stage, undo } = words;

const undoButton = ({ page }: Playground) => page.locator('[data-tool=undo]');
const redoButton = ({ page }: Playground) => page.locator('[data-tool=redo]');

/** The change before has settled: it can be undone apart from the next. */
async function canUndo(playground: Playground, what: string): Promise<void> {
  await expect(undoButton(playground)).toHaveAttribute('title', undo.undo(what));
}

test('settings are undone and redone, the same pixels, by button and by key', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1&film=off');
  await expect(undoButton(playground)).toHaveAttribute('aria-disabled', 'true');
  await expect(undoButton(playground)).toHaveAttribute('title', undo.noUndo);
  const pixels = [await playground.pixels()];

  pixels.push(
    await playground.changes('the scale', () => playground.type(controls.guidanceScale, 7)),
  );
  await canUndo(playground, 'guidance scale');
  pixels.push(await playground.changes('the seed', () => playground.type(controls.seed, 9)));
  await canUndo(playground, undo.changes.seed);
  const shows = async (index: number) => {
    await playground.settled();
    await expect.poll(() => playground.pixels()).toBe(pixels[index]);
  };

  await undoButton(playground).click();
  await shows(1);
  await expect(playground.number(controls.seed)).toHaveValue('42');
  await page.locator('.column h3').first().click();
  await page.keyboard.press('Control+z');
  await shows(0);
  await expect(undoButton(playground)).toHaveAttribute('aria-disabled', 'true');
  await expect(page).toHaveURL(/scale=3/);
  await page.keyboard.press('Control+Shift+Z');
  await shows(1);
  await page.keyboard.press('Control+y');
  await shows(2);
  await expect(redoButton(playground)).toHaveAttribute('aria-disabled', 'true');

  await test.step('in a field the key is the field’s', async () => {
    await playground.number(controls.seed).focus();
    await page.keyboard.press('Control+y');
    await page.keyboard.press('Control+Shift+Z');
    await page.keyboard.press('Control+z');
    await expect(redoButton(playground)).toHaveAttribute('aria-disabled', 'true');
  });
});

test('a whole drag is one step', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1&film=off');
  const pixels = await playground.pixels();
  const { x, y, width, height } = (await playground.handle().boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  for (const by of [20, 60, 120]) {
    await page.mouse.move(x + by, y + height / 2);
    await page.waitForTimeout(700); // longer than it takes for a change to settle
  }
  await expect(undoButton(playground)).toHaveAttribute('aria-disabled', 'true');
  await page.mouse.up();
  await canUndo(playground, 'guidance scale');
  await undoButton(playground).click();
  await expect(undoButton(playground)).toHaveAttribute('aria-disabled', 'true');
  await playground.settled();
  await expect(playground.columns.getByRole('heading')).toHaveText(['s = 3']);
  await expect.poll(() => playground.pixels()).toBe(pixels);
});

test('a closed column comes back, and so does what a preset replaced', async ({ playground }) => {
  const { columns } = playground;
  await playground.open('n=1&scale=1,2.5,9&film=off');
  const pictures = await playground.pictures();
  await playground.button(stage.remove(2)).click();
  await expect(columns).toHaveCount(2);
  await canUndo(playground, undo.changes.columns);
  await undoButton(playground).click();
  await expect(columns.getByRole('heading')).toHaveText(['s = 1', 's = 2.5', 's = 9']);
  await playground.settled();
  expect(await playground.pictures()).toEqual(pictures);

  await playground.button(presets.names.glance).click();
  await expect(columns.getByRole('heading')).not.toHaveText(['s = 1', 's = 2.5', 's = 9']);
  await playground.settled();
  await expect(undoButton(playground)).toHaveAttribute('aria-disabled', 'false');
  await undoButton(playground).click();
  await expect(columns.getByRole('heading')).toHaveText(['s = 1', 's = 2.5', 's = 9']);
  await playground.settled();
  expect(await playground.pictures()).toEqual(pictures);
});
