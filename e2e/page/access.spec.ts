import type { Locator } from '@playwright/test';
import { expectAccessible } from '../axe';
import { chooseLanguage, chooseTheme } from '../header';
import { expect, type Playground, test, words } from '../playground';
import { WORDS } from '../words';

const { stage, timeline } = words;

type Words = (typeof WORDS)['en' | 'zh'];

interface View {
  readonly what: string;
  readonly query: string;
  /** Narrow as a phone. */
  readonly narrow?: boolean;
  /** What must be there and open before axe looks; done again after each change of language or theme. */
  readonly states: readonly ((playground: Playground, words: Words) => Promise<unknown>)[];
}

const opened = async (details: Locator) => {
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
  await expect(details).toHaveAttribute('open');
};

const views: readonly View[] = [
  {
    what: 'the playground with everything open',
    query:
      'scale=1,3&sampler=heun&seed=x&inside=on&gradient=on&overlay=on&active=1&curve=none,1~4~4~2',
    states: [
      async ({ page, badge }) => {
        await opened(badge);
        await opened(page.locator('.about'));
        await expect(page.locator('.plot svg')).toHaveCount(7);
      },
    ],
  },
  {
    what: 'the wipe with the share menu open, without and with the difference',
    query: 'layout=wipe&scale=1,3',
    states: ['false', 'true'].map((pressed) => async ({ page }: Playground, { wipe }: Words) => {
      const difference = page.getByRole('button', { name: wipe.difference, exact: true });
      await page.keyboard.press('Escape'); // The open menu lies over the buttons.
      if ((await difference.getAttribute('aria-pressed')) !== pressed) {
        await (pressed === 'true'
          ? difference
          : page.getByRole('button', { name: wipe.divider, exact: true })
        ).click();
      }
      await expect(difference).toHaveAttribute('aria-pressed', pressed);
      await opened(page.locator('.share-menu'));
    }),
  },
  {
    what: 'the grid with a cell enlarged',
    query: 'layout=grid&rows=guidance:cfg,cfg-plus-plus&cols=mix:1:0,1:0.5&sampler=ddim',
    states: [
      async ({ page }, { grid }) => {
        await expect(page.locator('.cell[data-status=done]')).toHaveCount(4);
        await page.locator('[data-index="0"]').focus();
        await page.keyboard.press('ArrowRight');
        await expect(page.getByRole('tooltip')).toContainText(grid.open);
      },
    ],
  },
  {
    what: 'the choice of a class and of a network, on a phone',
    query: 'model=tiny-colour',
    narrow: true,
    states: [
      async ({ page }) => {
        const search = page.locator('.class-search input');
        if (!(await search.isVisible())) await page.locator('.sheet-toggle').click();
        await search.click();
        await expect(page.locator('.class-search [role=option]')).toHaveCount(6);
      },
      async ({ page }, { shelf }) => {
        await page.keyboard.press('Escape');
        await page.locator('.model-button').click();
        const dialog = page.getByRole('dialog', { name: shelf.heading });
        await expect(dialog.locator('.model').first()).toBeVisible();
        const { scrollWidth, clientWidth } = await dialog.evaluate((element) => element);
        expect(scrollWidth).toBe(clientWidth);
      },
    ],
  },
  {
    what: 'the plane',
    query: 'page=plane&plane=n:600!arrows:all',
    states: [
      async ({ page }) => {
        await expect(page.locator('#stage')).toHaveAttribute('aria-busy', 'false');
        await expect(page.locator('.plane-canvas canvas')).toHaveCount(1);
      },
    ],
  },
];

for (const { what, query, narrow, states } of views) {
  test(`axe finds nothing in two languages and themes: ${what}`, async ({ playground }) => {
    const { page } = playground;
    if (narrow) await page.setViewportSize({ width: 390, height: 844 });
    await playground.visit(`${query}&theme=light`);
    // A theme changes colours alone: the second of each language needs no other rule.
    for (const [lang, theme, contrastOnly] of [
      ['en', 'light', false],
      ['en', 'dark', true],
      ['zh', 'dark', false],
      ['zh', 'light', true],
    ] as const) {
      await test.step(`${lang}, ${theme}`, async () => {
        await chooseLanguage(page, lang);
        await chooseTheme(page, theme);
        await page.keyboard.press('Escape');
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
        await expect(page.locator('#stage')).toHaveAttribute('aria-busy', 'false');
        await expect(page.locator('[data-loading]')).toHaveCount(0);
        for (const prepare of states) {
          await prepare(playground, WORDS[lang]);
          await expectAccessible(page, { contrastOnly });
        }
        await page.keyboard.press('Escape');
      });
    }
  });
}

test('Escape closes the share menu and the choice of a network, and the focus goes back', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1');
  await opened(page.locator('.share-menu'));
  await page.keyboard.press('Escape');
  await expect(page.locator('.share-menu')).not.toHaveAttribute('open');
  await expect(page.locator('.share-menu summary')).toBeFocused();
  await page.locator('.model-button').click();
  await expect(page.getByRole('dialog', { name: words.shelf.heading })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.model-button')).toBeFocused();
});

test('axe finds nothing on a page whose model is damaged', async ({ playground }) => {
  const { page } = playground;
  await page.route('**/tiny/model.onnx', (route) => route.fulfill({ body: 'x' }));
  await playground.visit();
  await expect(playground.error).toBeVisible();
  await expectAccessible(page);
});

test('the keyboard reaches every control, in order, and shows where it is', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('scale=1,3');
  const wanted = await page.evaluate(() => {
    const selector = 'a[href], button, input, select, summary, [tabindex]';
    const reachable = [...document.querySelectorAll<HTMLElement>(selector)].filter(
      (e) => e.tabIndex >= 0 && !e.matches(':disabled') && e.checkVisibility(),
    );
    for (const [i, element] of reachable.entries()) element.dataset.stop = String(i);
    return reachable.length;
  });
  expect(wanted).toBeGreaterThan(20);
  const stops: string[] = [];
  for (let i = 0; i < wanted; i++) {
    await page.keyboard.press('Tab');
    const { stop, ring } = await page.evaluate(() => {
      const { activeElement: element } = document;
      const style = getComputedStyle(element!);
      return {
        stop: (element as HTMLElement).dataset.stop ?? `${element?.tagName}`,
        ring: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0,
      };
    });
    stops.push(stop);
    expect(ring, `focus must be seen at stop ${stop}`).toBe(true);
  }
  expect(stops).toEqual(Array.from({ length: wanted }, (_, i) => String(i)));
});

test('arrow keys move sliders and pick samples', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=4');
  const scale = playground.handle();
  await playground.changes('an arrow key', async () => {
    await scale.focus();
    for (let i = 0; i < 5; i++) await scale.press('ArrowRight');
  });
  await expect(scale).toHaveAttribute('aria-valuenow', '3.5');
  await expect(page.locator('[data-status=done] .costs')).toContainText('NFE');

  const grid = page.getByRole('slider', { name: stage.pickedSample });
  await grid.focus();
  const picked = [await playground.picture()];
  for (const [key, sample] of [
    ['ArrowRight', 2],
    ['ArrowDown', 4],
    ['ArrowLeft', 3],
    ['ArrowUp', 1],
    ['ArrowUp', 1],
  ] as const) {
    await grid.press(key);
    await expect(grid).toHaveAttribute('aria-valuenow', String(sample));
    await expect(page.getByLabel(timeline.filmstrip(sample))).toBeVisible();
    picked.push(await playground.picture());
  }
  expect(new Set(picked).size).toBe(4);
  expect(picked.at(-1)).toBe(picked[0]);

  await page.keyboard.press('Tab');
  const scrubber = playground.scrubber;
  await scrubber.focus();
  await playground.changes('Home', () => scrubber.press('Home'));
  await expect(scrubber).toHaveValue('0');
});

test('with reduced motion nothing moves by itself', async ({ playground }) => {
  const { page } = playground;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await playground.open('scale=1,3');
  const moving = await page.evaluate(() => {
    const lasting = (text: string) =>
      text.split(',').some((time) => Number.parseFloat(time) > 0.01);
    return [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return lasting(transitionDuration) || lasting(animationDuration);
      })
      .map((element) => element.outerHTML.slice(0, 80));
  });
  expect(moving).toEqual([]);
  await expect(playground.button(timeline.play)).toBeVisible(); // playing is the visitor's own wish
});
