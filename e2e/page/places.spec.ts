import type { Locator, Page } from '@playwright/test';
import { PLACES } from '../../src/kit/feature';
import { goTo, placeLink } from '../header';
import { expect, test, words } from '../playground';

/** The tabs of the place that is open. */
function tabs(page: Page): Locator {
  return page.getByRole('navigation', { name: /^Pages of/ }).getByRole('link');
}

test('three places: to play, to learn, to experiment', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1');
  await expect(placeLink(page, 'play')).toHaveAttribute('aria-current', 'page');
  await expect(playground.columns).toHaveCount(1);
  await expect(tabs(page)).toHaveCount(0);

  await goTo(page, 'learn');
  await expect(page.locator('.idea')).toBeVisible();
  await expect(page).toHaveURL(/page=idea/);
  await expect(placeLink(page, 'learn')).toHaveAttribute('aria-current', 'page');
  await expect(playground.button(words.idea.startTour)).toBeVisible();

  await goTo(page, 'lab');
  await expect(page.locator('.experiments')).toBeVisible();
  await expect(tabs(page).filter({ hasText: words.experiments.page })).toHaveAttribute(
    'aria-current',
    'page',
  );
  await goTo(page, 'lab', words.plane.page);
  await expect(page.locator('.plane-stage')).toBeVisible();

  await test.step('a place opens where it was left', async () => {
    await goTo(page, 'play');
    await expect(playground.columns).toHaveCount(1);
    await goTo(page, 'lab');
    await expect(page.locator('.plane-stage')).toBeVisible();
  });
});

test('a place in another tab shows the same settings', async ({ playground, context }) => {
  const { page } = playground;
  await playground.open('n=1');
  await playground.type(words.controls.guidanceScale, 7);
  const [other] = await Promise.all([
    context.waitForEvent('page'),
    placeLink(page, 'learn').click({ modifiers: ['ControlOrMeta'] }),
  ]);
  await expect(other.locator('.idea')).toBeVisible();
  await expect(other).toHaveURL(/scale=7/);
  await expect(page.locator('.idea')).toHaveCount(0);
});

for (const lang of ['en', 'zh'] as const) {
  test(`on a phone no tab is cut off, ${lang}`, async ({ playground }) => {
    const { page } = playground;
    await page.setViewportSize({ width: 390, height: 844 });
    for (const query of ['page=plane', 'page=idea']) {
      await playground.visit(`${query}&lang=${lang}`);
      await expect(page.locator('#stage')).toBeVisible();
      for (const place of PLACES) await expect(placeLink(page, place, lang)).toBeVisible();
      const links = page.locator('nav.places a, nav.pages a, nav.pages button');
      const outside = await links.evaluateAll((elements) =>
        elements
          .filter((element) => {
            const { left, right } = element.getBoundingClientRect();
            return left < 0 || right > 390 || element.scrollWidth > element.clientWidth;
          })
          .map(({ textContent }) => textContent),
      );
      expect(outside).toEqual([]);
    }
  });
}
