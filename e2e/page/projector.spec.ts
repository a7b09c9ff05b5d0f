import { expectAccessible } from '../axe';
import { expect, test, words } from '../playground';

const { keys, projector, controls } = words;

test('projector mode: large letters, no panel, in the address; Escape leaves it', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1&scale=1,3&film=off');
  const heading = playground.columns.getByRole('heading').first();
  const size = () => heading.evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));
  const before = await size();
  await expect(page.locator('.panel')).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.locator('.panel')).toBeHidden();
  await expect(page.locator('.tools')).toBeHidden();
  await expect(page.locator('.rails')).toBeVisible();
  expect(await size()).toBeGreaterThan(before * 1.1);
  await expect(page).toHaveURL(/projector=on/);
  await expectAccessible(page);

  await page.reload();
  await playground.columns.first().waitFor();
  await expect(page.locator('.panel')).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(page.locator('.panel')).toBeVisible();
  await expect(page).not.toHaveURL(/projector/);

  await test.step('from the menu, and out by its button', async () => {
    await page.locator('.more-menu summary').click();
    await playground.button(`${projector.enter} P`).click();
    await expect(page.locator('.panel')).toBeHidden();
    await playground.button(`${projector.leave} Esc`).click();
    await expect(page.locator('.panel')).toBeVisible();
  });
});

test('its keys change scale, time, column and preset', async ({ playground }) => {
  const { page, columns } = playground;
  await playground.open('n=1&scale=1,3&active=0&film=off&projector=on');
  const headings = columns.getByRole('heading');

  await playground.changes('→', () => page.keyboard.press('ArrowRight'), 0);
  await expect(headings).not.toHaveText(['s = 1', 's = 3']);
  await page.keyboard.press('ArrowLeft');
  await expect(headings).toHaveText(['s = 1', 's = 3']);
  await page.keyboard.press('2');
  await expect(columns.nth(1)).toHaveAttribute('data-active', 'true');
  await playground.changes('→ in the other column', () => page.keyboard.press('ArrowRight'), 1);
  await expect(headings.first()).toHaveText('s = 1');

  await playground.changes('Home', () => page.keyboard.press('Home'));
  await expect(playground.scrubber).toHaveValue('0');
  await page.keyboard.press(' ');
  await expect.poll(async () => Number(await playground.scrubber.inputValue())).toBeGreaterThan(0);
  await page.keyboard.press('End');
  await expect(playground.scrubber).toHaveValue('1');

  const shown = page.locator('.presets [data-tool][aria-pressed=true]');
  await expect(shown).toHaveCount(0);
  await page.keyboard.press(']');
  await expect(shown).toHaveCount(1);
  const first = (await shown.getAttribute('data-tool'))!;
  await page.keyboard.press(']');
  await expect(shown).not.toHaveAttribute('data-tool', first);
  await page.keyboard.press('[');
  await expect(shown).toHaveAttribute('data-tool', first);
  await expect(page.locator('.presets .note')).toBeVisible();
});

test('? lists the keys; in a field keys are letters', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1&film=off');
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: keys.title });
  await expect(list).toContainText(keys.presets);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);

  await page.getByLabel(controls.word).fill('1');
  await page.getByLabel(controls.word).press('p');
  await expect(page.locator('.panel')).toBeVisible();
  await playground.scrubber.focus();
  await page.keyboard.press('p');
  await expect(page.locator('.panel')).toBeHidden();
});
