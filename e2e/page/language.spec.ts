import type { Page } from '@playwright/test';
import { chooseLanguage } from '../header';
import { expect, test } from '../playground';
import { WORDS } from '../words';

const { en, zh } = WORDS;

/** Proper names and formulas, which are the same in both languages. */
const LATIN_ALLOWED =
  /Guidance Playground|APG|PAG|ICG|UniPC|linspace|leading|trailing|CFG-Zero|TCFG|MAMBO-G|FDG|CFG\+\+|SDE|Imagen|English|WASM|Delete|CPU|GPU|WebGPU|f32|NFE|Bars \(test network\)|DDIM|DDPM|Euler|Heun|EDM|Karras|DPM-Solver|Ctrl|Shift|tiny-features|ms\b/g;

/** Every word that the page shows or tells to assistive technology. */
function words(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const attributes = ['aria-label', 'title', 'placeholder', 'aria-valuetext'];
    const spoken = [...document.querySelectorAll('body *')].flatMap((element) =>
      attributes.map((name) => element.getAttribute(name) ?? ''),
    );
    return [...document.body.innerText.split('\n'), ...spoken].filter((text) => text.trim());
  });
}

test('Chinese: no English is left, and the address and the pictures stay', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('scale=1,3');
  const pixels = await playground.pixels();
  await chooseLanguage(page, 'zh');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('spinbutton', { name: zh.controls.guidanceScale })).toBeVisible();

  const left = (await words(page)).filter((text) =>
    /[A-Za-z]{3,}/.test(text.replace(LATIN_ALLOWED, '')),
  );
  expect(left).toEqual([]);
  expect(await playground.pixels()).toBe(pixels);

  await expect(page).toHaveURL(/lang=zh/);
  await page.reload();
  await playground.settled();
  await expect(page.getByRole('button', { name: zh.timeline.play })).toBeVisible();
  await chooseLanguage(page, 'en');
  await expect(playground.button(en.timeline.play)).toBeVisible();
});

test.describe('a Chinese browser', () => {
  test.use({ locale: 'zh-CN' });

  test('is greeted in Chinese', async ({ page }) => {
    await page.goto('./?model=tiny&n=1&backend=wasm');
    await expect(page.getByRole('button', { name: zh.timeline.play })).toBeVisible();
    await expect(page).toHaveTitle(zh.title);
  });
});
