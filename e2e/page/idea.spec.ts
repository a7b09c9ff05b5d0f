import type { Page } from '@playwright/test';
import { FIGURES } from '../../src/features/idea/article';
import { en } from '../../src/features/idea/article.en';
import { zh } from '../../src/features/idea/article.zh';
import { SECTIONS } from '../../src/features/idea/sections';
import { TOUR } from '../../src/features/idea/tour';
import { expectAccessible } from '../axe';
import { chooseLanguage, chooseTheme, goTo } from '../header';
import { expect, test, words } from '../playground';

const { figures } = en;
const tourWords = words.idea.tour;

/** Every figure is drawn, those that sample included. */
async function drawn(page: Page): Promise<void> {
  await expect(page.locator('.idea-figure')).toHaveCount(FIGURES.length);
  await expect(page.locator('[data-figure=interval] .curve')).toHaveCount(60);
  await expect(page.locator('[data-figure=sampling] .bar').first()).toBeAttached();
  await expect(page.locator('[data-figure=cascade] .sample')).toHaveCount(200);
  await expect(page.locator('[data-figure=threshold] .curve')).toHaveCount(3);
}

// KaTeX's own markup is a thousand elements; its MathML is what is read.
const withoutMarkup = { exclude: '.katex-html' };

test('the article has set formulas and figures, without any network', async ({ playground }) => {
  const { page } = playground;
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await playground.visit('page=idea');
  await drawn(page);
  await expect(page.locator('.idea section')).toHaveCount(SECTIONS.length);
  const formulas = await page.locator('.katex').count();
  expect(formulas).toBeGreaterThan(50);
  await expect(page.locator('.katex-error')).toHaveCount(0);
  // Set in KaTeX's own font, which came with the page.
  expect(await page.evaluate(() => document.fonts.check('16px KaTeX_Math'))).toBe(true);
  expect(requested.filter((url) => /\.onnx|\.wasm/.test(url))).toEqual([]);
  await expectAccessible(page, withoutMarkup);

  await chooseLanguage(page, 'zh');
  await page.getByRole('heading', { name: zh.title }).waitFor();
  await drawn(page);
  await expect(page.locator('.katex')).toHaveCount(formulas);
  await chooseTheme(page, 'dark');
  await page.keyboard.press('Escape');
  await expectAccessible(page, withoutMarkup);

  await page.setViewportSize({ width: 390, height: 844 });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(width, 'nothing is wider than a phone').toBe(390);
});

test('every slider changes its figure', async ({ playground }) => {
  const { page } = playground;
  await playground.visit('page=idea');
  await drawn(page);
  for (const figure of await page.locator('.idea-figure').all()) {
    const shown = () => figure.locator('.idea-chart').evaluate(({ innerHTML }) => innerHTML);
    for (const slider of await figure.getByRole('slider').all()) {
      const before = await shown();
      const number = await slider.getAttribute('aria-valuetext');
      await slider.focus();
      await slider.press((await slider.inputValue()) === '100' ? 'PageDown' : 'PageUp');
      await expect(slider).not.toHaveAttribute('aria-valuetext', number ?? '');
      await expect.poll(shown).not.toBe(before);
    }
  }
  // As the text says: guided everywhere, the part beside the other class dies out.
  const interval = page.locator('[data-figure=interval] .idea-figure');
  const share = interval.locator('dd').first();
  const high = interval.getByRole('slider', { name: figures.high });
  await high.fill('58'); // about σ 1
  await expect.poll(async () => Number.parseInt(await share.innerText(), 10)).toBeGreaterThan(10);
  // A little augmentation brings the second stage's pictures back.
  const cascade = page.locator('[data-figure=cascade] .idea-figure');
  const among = async () => Number.parseInt(await cascade.locator('dd').first().innerText(), 10);
  const level = cascade.getByRole('slider', { name: figures.augmentation });
  await level.fill('0');
  await cascade.getByRole('slider', { name: figures.tooBright }).fill('0.2');
  await expect.poll(among).toBeLessThan(10);
  await level.fill('0.1');
  await expect.poll(among).toBeGreaterThan(90);
});

test('“Show me” opens the playground so set, and the article is found again', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.visit('page=idea');
  await drawn(page);
  await page.locator('[data-scene=interval]').click();
  await playground.settled();
  await expect(page).toHaveURL(/scale=8,8.*interval=all,0\.2~2/);
  await expect(page).not.toHaveURL(/page=/);
  await expect(playground.columns).toHaveCount(2);
  await playground.pixels(1);

  await goTo(page, 'learn');
  await drawn(page);
  await expect(page.locator('[data-scene=interval]')).toBeInViewport();
});

test('an anchor leaves the settings in the address alone', async ({ playground }) => {
  const { page } = playground;
  await playground.visit('page=idea');
  await drawn(page);
  const { search } = new URL(page.url());
  const link = page.getByRole('link', { name: en.sections.sampling.title });
  await link.press('Enter');
  const heading = page.getByRole('heading', { name: en.sections.sampling.title });
  await expect(heading).toBeInViewport();
  await expect(heading).toBeFocused();
  await expect(link).toHaveAttribute('aria-current', 'location');
  const now = new URL(page.url());
  expect(now.hash).toBe('#sampling');
  expect(now.search).toBe(search);
  await page.reload();
  await drawn(page);
  await expect(heading).toBeInViewport();
});

test('the tour goes by keyboard alone, and sets what it speaks of', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1');
  await goTo(page, 'learn');
  await playground.button(words.idea.startTour).press('Enter');
  const card = page.getByRole('region', { name: tourWords.label });
  const next = card.getByRole('button', { name: tourWords.next });
  await expect(next).toBeFocused();
  for (const [i, { id }] of TOUR.entries()) {
    await expect(card).toContainText(tourWords.progress(i + 1, TOUR.length));
    await expect(card).toContainText(tourWords.steps[id].title);
    if (i === 4) await expect(playground.columns).toHaveCount(4);
    await page.keyboard.press(i % 2 ? 'ArrowRight' : 'Enter');
  }
  // The last step's Enter was an arrow: there is nothing after it.
  await page.keyboard.press('ArrowLeft');
  await expect(card).toContainText(tourWords.steps.interval.title);
  await expect(page).toHaveURL(/tour=7/);
  await playground.settled();
  await expectAccessible(page, withoutMarkup);
  await expect(page.locator('.column').last()).toHaveCSS('outline-style', 'solid');
  await page.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
  await expect(page).not.toHaveURL(/tour=/);
  await expect(playground.columns).toHaveCount(2);
});
