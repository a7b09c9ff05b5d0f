import { expect, skipWhereMissing, test, Visit } from './other-browser';

skipWhereMissing();

test('without WebAssembly the page says that it needs it', async ({ serve, startWith }) => {
  const browser = await startWith({ 'javascript.options.wasm': false });
  const visit = new Visit(browser, await serve());
  await visit.open();
  await expect.poll(() => visit.error()).toContain('must have WebAssembly');
});

for (const [what, preferences] of [
  ['a private window', { 'browser.privatebrowsing.autostart': true }],
  ['storage that is refused', { 'network.cookie.cookieBehavior': 2 }],
  [
    'neither IndexedDB nor a service worker',
    { 'dom.indexedDB.enabled': false, 'dom.serviceWorkers.enabled': false },
  ],
] as const) {
  test(`${what}: the page draws and says nothing of it, at the second visit too`, async ({
    serve,
    startWith,
  }) => {
    const visit = new Visit(await startWith(preferences), await serve());
    // Whether there is a GPU or not is nobody's fault either.
    await visit.open('backend=auto');
    await visit.draws();
    await visit.reload();
    await visit.draws();
    expect(await visit.notices()).toEqual([]);
    expect(await visit.troubles()).toEqual([]);
  });
}
