import type { Page } from '@playwright/test';
import { PLACES } from '../../src/kit/feature';
import { chooseLanguage, openShareMenu, placeLink } from '../header';
import { expect, test, words } from '../playground';

/** The names of the tools, from the one that Tab leads to, round by the badge, which comes first but late. */
const TOOLS = ['undo', 'redo', 'share-menu', 'more-menu', 'badge'];

/** Where the header's parts and the content begin and end. */
function edges(page: Page) {
  return page.evaluate(() => {
    const inside = (element: Element) => {
      const { left, right } = element.getBoundingClientRect();
      const { paddingLeft, paddingRight } = getComputedStyle(element);
      return [left + Number.parseFloat(paddingLeft), right - Number.parseFloat(paddingRight)];
    };
    return ['header.top', '.layout'].map((selector) => inside(document.querySelector(selector)!));
  });
}

for (const lang of ['en', 'zh'] as const) {
  test(`the header is one line with the content’s edges, from a phone to 1920 px, ${lang}`, async ({
    playground,
  }) => {
    const { page } = playground;
    await playground.open(`n=1&lang=${lang}`);
    for (const width of [390, 768, 1280, 1440, 1920]) {
      await page.setViewportSize({ width, height: 844 });
      const parts = await page.locator('header.top').evaluate((header) =>
        Array.from(header.querySelectorAll('nav.places a, .tools > *'), (part) => {
          const { top, bottom, left, right } = part.getBoundingClientRect();
          return { middle: (top + bottom) / 2, left, right };
        }),
      );
      expect(parts.length).toBe(PLACES.length + TOOLS.length);
      const middles = parts.map(({ middle }) => middle);
      expect(Math.max(...middles) - Math.min(...middles), `${width} px`).toBeLessThan(4);
      for (const [i, { left }] of parts.entries()) {
        expect(left, `${width} px`).toBeGreaterThanOrEqual(parts[i - 1]?.right ?? 0);
      }
      const [header, content] = await edges(page);
      expect(header, `${width} px`).toEqual(content);
      expect(parts.at(-1)!.right).toBeLessThanOrEqual(header![1]!);
    }
  });
}

test('the header has few stops of the Tab key: its tools are one', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1');
  const focused = () =>
    page.evaluate(() => (document.activeElement as HTMLElement).dataset.tool ?? '');
  // Nobody presses Tab more than six times from the top of the page to the pictures.
  const before = await page.evaluate(() => {
    const selector = 'a[href], button, input, select, summary, [tabindex]';
    const stage = document.getElementById('stage')!;
    return [...document.querySelectorAll<HTMLElement>(selector)].filter(
      (e) =>
        e.tabIndex >= 0 &&
        !e.matches(':disabled') &&
        e.checkVisibility() &&
        e.compareDocumentPosition(stage) === Node.DOCUMENT_POSITION_FOLLOWING,
    ).length;
  });
  expect(before).toBeLessThanOrEqual(6);
  for (let stop = 0; stop < 5; stop++) await page.keyboard.press('Tab');
  const seen = [await focused()];
  for (let i = 1; i <= TOOLS.length; i++) {
    await page.keyboard.press('ArrowRight');
    seen.push(await focused());
  }
  expect(seen.slice(0, -1)).toEqual(TOOLS);
  expect(seen.at(-1), 'round').toBe(TOOLS[0]);
  await page.keyboard.press('End');
  expect(await focused()).toBe('more-menu');

  await test.step('Tab leaves the tools, and comes back to where they were left', async () => {
    await page.keyboard.press('Tab');
    expect(TOOLS).not.toContain(await focused());
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('more-menu');
  });
});

test('a menu opens by key, and closes by Escape and by what is beside it', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1');
  const menu = page.locator('.more-menu');
  await menu.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(menu).toHaveAttribute('open');
  await page.keyboard.press('Escape');
  await expect(menu).not.toHaveAttribute('open');
  await expect(menu.locator('summary')).toBeFocused();
  await chooseLanguage(page, 'zh');
  await expect(placeLink(page, 'lab', 'zh')).toBeVisible();
  await page.locator('.column canvas').click();
  await expect(menu).not.toHaveAttribute('open');
});

test('where pages may not copy, the link is shown to be copied by hand', async ({ playground }) => {
  const { page } = playground;
  await page.addInitScript(() =>
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }),
  );
  await playground.open('n=1&scale=7');
  await openShareMenu(page);
  await playground.button(words.share.copyLink).click();
  const link = page.getByRole('textbox', { name: words.share.link });
  await expect(link).toHaveValue(/scale=7/);
});
