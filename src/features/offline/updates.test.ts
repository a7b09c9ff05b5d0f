import { afterEach, expect, test, vi } from 'vitest';
import { siteRegistration } from './updates';

afterEach(() => {
  vi.unstubAllGlobals();
});

const withWorkers = (ready: Promise<unknown>) => {
  vi.stubGlobal('navigator', { serviceWorker: { ready } });
  vi.stubGlobal('document', { baseURI: 'https://a.b/site/index.html' });
};

test('the service workers are those of this site alone', async () => {
  const own = { scope: 'https://a.b/site/' };
  withWorkers(Promise.resolve(own));
  expect(await siteRegistration()).toBe(own);
  withWorkers(Promise.resolve({ scope: 'https://a.b/' }));
  expect(await siteRegistration()).toBeUndefined();
});

test('a browser that refuses storage has none', async () => {
  withWorkers(Promise.reject(new DOMException('The operation is insecure.', 'SecurityError')));
  expect(await siteRegistration()).toBeUndefined();
});
