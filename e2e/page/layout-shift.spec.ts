import type { Page } from '@playwright/test';
import { expect, test, words } from '../playground';

const { presets, timeline } = words;

/** As much of the screen as may move by itself, in Chromium's measure of layout shift. */
const MOST = 0.02;

/** Adds up the layout shifts from the page's first frame on; those right after a click count too. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts = { sum: 0, at: [] as string[] };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        sources: { node?: Element }[];
      })[]) {
        shifts.sum += entry.value;
        const names = entry.sources.map(({ node }) => node?.className || node?.nodeName);
        shifts.at.push(`${entry.value.toFixed(3)} ${names.join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The shifts since the last call. */
function takeShifts(page: Page): Promise<{ sum: number; at: string[] }> {
  return page.evaluate(() => {
    const { shifts } = window as unknown as { shifts: { sum: number; at: string[] } };
    const taken = { ...shifts };
    Object.assign(shifts, { sum: 0, at: [] });
    return taken;
  });
}

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`nothing moves by itself, on load or under the hand, at ${width} × ${height}`, async ({
    playground,
  }) => {
    const { page } = playground;
    await page.setViewportSize({ width, height });
    await watchShifts(page);
    await playground.open('model=tiny-colour&scale=1,3,8&expert=off');
    const steps: [string, () => Promise<unknown>][] = [
      ['load', async () => {}],
      ['a key on the rail', () => playground.handle(1).press('PageUp')],
      ['another column', () => playground.handle(0).focus()],
      ['a preset', () => playground.button(presets.names.sweet).click()],
      ['the preset before', () => playground.button(presets.names.glance).click()],
      ['the scrubber', () => playground.scrubber.fill('0.5')],
      ['play', () => playground.button(timeline.play).click()],
      ['a sample', () => page.locator('.samples').first().press('ArrowRight')],
    ];
    for (const [what, act] of steps) {
      await act();
      await playground.settled();
      await page.waitForTimeout(200);
      const { sum, at } = await takeShifts(page);
      // A preset with fewer columns is another arrangement: its columns are elsewhere.
      if (what.includes('preset')) continue;
      expect(sum, `${what}: ${at.join('; ')}`).toBeLessThan(MOST);
    }
  });
}
