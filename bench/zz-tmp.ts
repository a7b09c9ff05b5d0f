import { serveSite } from './site';
import { launch } from './browser';
const site = await serveSite();
const browser = await launch('software');
const v = '1,2,3,4,5,6,7,8';
for (const [m, n] of [['tiny', 4], ['tiny', 4], ['letters', 4]]) {
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`${site.url}?model=${m}&backend=wasm&lang=en&n=1&steps=${n}&rows=scale:${v}&cols=seed:${v}`);
await page.waitForSelector('#stage[aria-busy=false] .column[data-status=done]');
await page.waitForTimeout(600);
await page.evaluate(() => {
  (window as any).lt = [];
  new PerformanceObserver((l) => (window as any).lt.push(...l.getEntries().map((e) => [e.startTime, e.duration]))).observe({ type: 'longtask' });
  new PerformanceObserver((l) => (window as any).lt.push(...l.getEntries().map((e: any) => ['loaf', e.startTime, e.duration, e.blockingDuration, JSON.stringify(e.scripts?.map((s: any) => [s.invoker, s.sourceFunctionName, Math.round(s.duration), Math.round(s.forcedStyleAndLayoutDuration)])), Math.round(e.renderStart - e.startTime), Math.round(e.styleAndLayoutStart - e.startTime)]))).observe({ type: 'long-animation-frame' });
});
const t0 = await page.evaluate(() => performance.now());
await page.click('.layouts button:has-text("Grid")');
await page.waitForFunction(() => document.querySelectorAll('.cell[data-status=done]').length === 64, null, { timeout: 0, polling: 200 });
await page.waitForTimeout(400);
const lt = await page.evaluate(() => (window as any).lt);
console.log(m, 't0', t0); for (const x of lt) console.log(JSON.stringify(x));
await page.close();
}
await browser.close();
await site.close();
