import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../playground';
import { WORDS } from '../words';

for (const [lang, theme] of [
  ['en', 'light'],
  ['zh', 'dark'],
] as const) {
  test(`axe finds nothing on the grid: ${lang}, ${theme}`, async ({ playground }) => {
    const { page } = playground;
    const { grid } = WORDS[lang];
    await playground.visit(
      `layout=grid&lang=${lang}&theme=${theme}&rows=guidance:cfg,cfg-plus-plus&cols=mix:1:0,1:0.5&sampler=ddim`,
    );
    await expect(page.locator('.cell[data-status=done]')).toHaveCount(4);
    await page.locator('[data-index="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tooltip')).toContainText(grid.open);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map((n) => n.html) }))).toEqual([]);
  });
}
