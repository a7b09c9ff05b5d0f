import { readFileSync } from 'node:fs';
import { expectAccessible } from '../axe';
import { goTo } from '../header';
import { expect, test, words } from '../playground';

test('all rules side by side, as they were measured, without a network', async ({ playground }) => {
  const { page } = playground;
  const { curves } = JSON.parse(
    readFileSync(new URL('../../docs/rules/letters.json', import.meta.url), 'utf8'),
  );
  await playground.visit('page=rules');
  const entries = page.locator('[data-rule]');
  await expect(entries).toHaveCount(curves.length);
  const cfg = page.locator('[data-rule=cfg]');
  await expect(cfg).toContainText(words.rules.accuracy);
  // Each shows a row of its own of one sheet.
  const places = await page
    .locator('.rules-pictures')
    .evaluateAll((rows) => rows.map((row) => getComputedStyle(row).backgroundPosition));
  expect(new Set(places).size).toBe(curves.length);
  await cfg.locator('summary').click();
  await expect(cfg.locator('tbody tr')).toHaveCount(3);
  await expect(cfg.locator('tr[aria-current]')).toHaveCount(1);
  await expect(cfg.getByRole('link', { name: words.rules.openShort })).toHaveCount(0);
  await expect(
    cfg.getByRole('link', { name: words.rules.open('Classifier-free guidance') }),
  ).toHaveAttribute('href', /model=letters.*steps=10.*draw=/);
  await expectAccessible(page, { include: '.rules' });
  await goTo(page, 'lab', words.rules.page);
  await expect(page).toHaveURL(/page=rules/);
});
