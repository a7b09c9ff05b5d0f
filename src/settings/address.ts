import type { Settings } from './settings';
import type { Store } from './store';
import { writeAddress } from './url';

/** Browsers refuse more than about a hundred changes of the address in half a minute. */
const PAUSE_MS = 300;

/** Switches that belong to the site and not to the settings: they stay in the address. */
const KEPT = ['coi'];

/** The link that restores the page as it is now. */
export function linkTo(settings: Settings, defaults: Settings): string {
  const given = new URLSearchParams(location.search);
  const kept = KEPT.flatMap((key) => given.getAll(key).map((value) => `${key}=${value}`));
  const query = [writeAddress(settings, defaults), ...kept].filter(Boolean).join('&');
  return `${location.origin}${location.pathname}${query && `?${query}`}${location.hash}`;
}

/** Keeps the address bar at the settings, a moment after they come to rest. */
export function keepAddress(store: Store, defaults: Settings): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe(({ settings }, before) => {
    if (settings === before.settings) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      history.replaceState(null, '', linkTo(store.getState().settings, defaults));
    }, PAUSE_MS);
  });
}
