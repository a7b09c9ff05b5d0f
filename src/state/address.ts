import type { Settings } from './settings';
import type { Store } from './store';
import { writeAddress } from './url';

/** Browsers refuse more than about a hundred changes of the address in half a minute. */
const PAUSE_MS = 300;

/** Keeps the address bar at the settings, a moment after they come to rest. */
export function keepAddress(store: Store, defaults: Settings): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe(({ settings }, before) => {
    if (settings === before.settings) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const query = writeAddress(store.getState().settings, defaults);
      history.replaceState(null, '', `${location.pathname}${query && `?${query}`}${location.hash}`);
    }, PAUSE_MS);
  });
}
