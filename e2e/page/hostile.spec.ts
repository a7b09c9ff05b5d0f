import { expect, test } from '../playground';

test('a long value in the address makes neither the page nor its canvases larger', async ({
  playground,
}) => {
  const { page } = playground;
  const size = () =>
    page.evaluate(() => ({
      page: document.documentElement.scrollWidth - innerWidth,
      canvas: Math.max(...[...document.querySelectorAll('canvas')].map(({ width }) => width)),
    }));
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const long = 'x'.repeat(1500);
    await playground.open(`sampler=${long}&rows=${long}&curve=${long}&unknown=${long}`);
    await expect(playground.notice).toBeVisible();
    const { page: wider, canvas } = await size();
    expect(wider).toBeLessThanOrEqual(0);
    expect(canvas).toBeLessThanOrEqual(width * 2);
  }
});
