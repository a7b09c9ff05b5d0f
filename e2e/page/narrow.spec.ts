import { expect, test, words } from '../playground';

const { stage, timeline } = words;

test.use({ viewport: { width: 390, height: 844 } });

for (const lang of ['en', 'zh']) {
  test(`a phone, ${lang}: no sideways scrolling, every control in reach`, async ({
    playground,
  }) => {
    const { page } = playground;
    await playground.open(`scale=1,3,8&sampler=heun&inside=on&gradient=on&overlay=on&lang=${lang}`);
    await playground.badge.locator('summary').click();
    const widths = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return { scrollWidth, clientWidth };
    });
    expect(widths).toEqual({ scrollWidth: 390, clientWidth: 390 });
    const controlsOutside = await page.evaluate(() => {
      /** What scrolls within itself may be wider than the screen. */
      const scrolls = (element: Element) => {
        for (let e: Element | null = element; e; e = e.parentElement) {
          if (e !== document.documentElement && /auto|scroll/.test(getComputedStyle(e).overflowX)) {
            return e.getBoundingClientRect().right <= 390;
          }
        }
        return false;
      };
      return [...document.querySelectorAll('button, input, select, summary')]
        .filter((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          return (
            element.checkVisibility() && width > 0 && (left < 0 || right > 390) && !scrolls(element)
          );
        })
        .map((element) => element.outerHTML.slice(0, 100));
    });
    expect(controlsOutside).toEqual([]);
  });
}

test('a phone: what is drawn is said beside the pictures, and opens its setting', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=2&draw=class:1');
  const drawn = page.locator('.subject-button');
  await expect(drawn).toHaveText('1');
  await drawn.click();
  await playground.changes('a class', () => playground.classButton('2').click());
  await expect(drawn).toHaveText('2');
  await drawn.click();
  await expect(page.getByRole('complementary')).toBeHidden();
  await playground.open('model=tiny-words&draw=prompt:a red apple&n=1');
  await expect(drawn).toHaveText('a red apple');
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(drawn).toBeHidden();
});

test('a phone: the wiped picture and its hint are on the screen with the rails', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('layout=wipe&scale=1,6&n=4');
  const rails = (await page.locator('.rails').boundingBox())!;
  const hint = (await page.locator('.overlay figcaption').boundingBox())!;
  const picture = (await page.locator('.overlaid').boundingBox())!;
  expect(picture.width).toBeGreaterThan(340);
  expect(hint.y).toBeGreaterThan(picture.y + picture.height);
  expect(hint.y + hint.height).toBeLessThanOrEqual(rails.y);
});

test('a phone: the page is used with a finger’s clicks', async ({ playground }) => {
  await playground.open('n=2');
  await playground.changes('a key on the rail', () => playground.handle().press('PageUp'));
  await playground.button(stage.pin).click();
  await playground.button(words.sheet.open).click();
  await playground.changes('a class', () => playground.classButton('2').click(), 1);
  await playground.button(words.sheet.close).click();
  await playground.changes('the scrubber', () => playground.scrubber.fill('0'));
  await playground.button(timeline.play).click();
  await expect(playground.scrubber).toHaveValue('1');
});
