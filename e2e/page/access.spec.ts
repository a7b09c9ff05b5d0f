import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, words } from '../playground';
import { WORDS } from '../words';

const { controls, stage, timeline } = words;

for (const lang of ['en', 'zh'] as const) {
  for (const theme of ['light', 'dark']) {
    test(`axe finds nothing: ${lang}, ${theme}`, async ({ playground }) => {
      const { page } = playground;
      await playground.open(
        `scale=1,3&lang=${lang}&theme=${theme}&sampler=heun&seed=x&inside=on&gradient=on&overlay=on` +
          '&active=1&curve=none,1~4~4~2',
      );
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await playground.badge.locator('summary').click();
      await page.getByText(WORDS[lang].about.summary).click();
      await expect(page.locator('.plot svg')).toHaveCount(7);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map((n) => n.html) }))).toEqual([]);
    });
  }
}

for (const difference of ['off', 'on']) {
  test(`axe finds nothing in the wipe, difference ${difference}, with the export menu open`, async ({
    playground,
  }) => {
    const { page } = playground;
    await playground.open(`layout=wipe&scale=1,3&difference=${difference}`);
    await page.getByText(words.export.menu, { exact: true }).click();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map((n) => n.html) }))).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.locator('.export-menu')).not.toHaveAttribute('open');
    await expect(page.locator('.export-menu summary')).toBeFocused();
  });
}

test('axe finds nothing on a page whose model is damaged', async ({ playground }) => {
  const { page } = playground;
  await page.route('**/tiny/model.onnx', (route) => route.fulfill({ body: 'x' }));
  await playground.visit();
  await expect(playground.error).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map((n) => n.html) }))).toEqual([]);
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
  const scale = playground.slider(controls.guidanceScale);
  await playground.changes('an arrow key', async () => {
    await scale.focus();
    for (let i = 0; i < 5; i++) await scale.press('ArrowRight');
  });
  await expect(scale).toHaveValue('3.5');
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
