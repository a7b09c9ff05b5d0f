import type { App } from '../../kit/feature';
import { type ToServiceWorker, versionLock } from '../../kit/offline-messages';
import { siteVersion } from '../../kit/site-version';
import { siteRegistration } from './updates';

/** The site is stored once the network is ready, which must not wait for it, or after this time. */
const LATEST_MS = 15_000;

/** Keeps the site on this machine, this version of it for as long as the page is open. */
export async function keepOffline({ store }: Pick<App, 'store'>): Promise<void> {
  const registration = await siteRegistration();
  if (!registration) return;
  const tell = (message: ToServiceWorker) => registration.active?.postMessage(message);
  const version = siteVersion();
  if (version !== undefined) {
    const held = () => {
      tell({ type: 'tidy' });
      return new Promise<never>(() => {});
    };
    const name = versionLock(registration.scope, version);
    navigator.locks.request(name, { mode: 'shared' }, held).catch(() => {});
  }

  let kept: string | undefined;
  const keep = () => {
    const { engine } = store.getState();
    const runtime = engine.status === 'ready' ? engine.info.runtime : undefined;
    if (runtime === undefined || runtime === kept) return;
    kept = runtime;
    tell({ type: 'keep', runtime: new URL(runtime, location.href).href });
  };
  keep();
  store.subscribe(keep);
  // A page of the article needs no network.
  if (kept === undefined) setTimeout(() => tell({ type: 'keep' }), LATEST_MS);
}
