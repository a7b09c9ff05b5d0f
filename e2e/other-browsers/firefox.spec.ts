import { expect, skipWhereMissing, test, Visit } from './other-browser';

skipWhereMissing();

test('without WebAssembly the page says that it needs it', async ({ serve, startWith }) => {
  const browser = await startWith({ 'javascript.options.wasm': false });
  const visit = new Visit(browser, await serve());
  await visit.open();
  await expect.poll(() => visit.error()).toContain('must have WebAssembly');
});
