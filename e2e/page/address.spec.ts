import { openShareMenu } from '../header';
import { expect, test, words } from '../playground';

const { notice } = words;

test('nonsense in the address is ignored piece by piece, with a note', async ({ playground }) => {
  const nonsense = {
    scale: 'much,6',
    steps: '1e9',
    interval: '5~1',
    sampler: 'euler',
    seed: '-4',
    draw: 'wurst:A',
    at: 'NaN',
    theme: '%F0%9F',
    lang: 'xx',
    page: 'moon',
    unheard: 'of',
  };
  await playground.open(new URLSearchParams(nonsense).toString());
  const { columns, page } = playground;
  await expect(playground.notice).toHaveAttribute('data-notice', 'misread');
  for (const piece of [
    'scale=much',
    'steps=1e9',
    'interval=5~1',
    'sampler=euler',
    'seed=-4',
    'page=moon',
  ]) {
    await expect(playground.notice).toContainText(piece);
  }
  await expect(playground.notice).not.toContainText('unheard');
  await expect(columns.getByRole('heading')).toHaveText(['s = 1', 's = 6']);
  await playground.pixels(1);

  await playground.button(notice.dismiss).click();
  await expect(playground.notice).toHaveCount(0);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('an address that is nothing but noise still opens the page', async ({ playground }) => {
  await playground.open('&&&=&scale&n=%&%00=%ff&draw=word:😀😀&steps=,,,,,,,,');
  await expect(playground.notice).toHaveAttribute('data-notice', 'misread');
  await playground.pixels();
});

test('a copied link restores the page', async ({ playground, context }) => {
  const { page } = playground;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await playground.open('n=1');
  await playground.type(words.controls.guidanceScale, 7);
  await playground.settled();
  const pixels = await playground.pixels();
  const menu = await openShareMenu(page);
  await playground.button(words.share.copyLink).click();
  await expect(menu).toContainText(words.share.copied);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain('scale=7');
  await page.goto(link);
  await playground.settled();
  expect(await playground.pixels()).toBe(pixels);
});
