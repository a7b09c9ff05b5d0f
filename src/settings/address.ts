import type { Settings } from './settings';
import type { Store } from './store';
import { writeAddress } from './url';

/** Browsers refuse more than about a hundred changes of the address in half a minute. */
const PAUSE_MS = 300;

/** Switches that belong to the site and not to the settings: they stay in the address. */
const KEPT = ['coi'];

/** The address that restores the page as it is now, on this machine. */
export function linkTo(settings: Settings, defaults: Settings): string {
  const given = new URLSearchParams(location.search);
  const kept = KEPT.flatMap((key) => given.getAll(key).map((value) => `${key}=${value}`));
  const query = [writeAddress(settings, defaults), ...kept].filter(Boolean).join('&');
  return `${location.origin}${location.pathname}${query && `?${query}`}${location.hash}`;
}

/** How this machine computes: the same settings show the same elsewhere without it. */
type Machine = Pick<Settings, 'backend' | 'precision' | 'maxBatch'>;

/**
 * The link for somebody else. What this machine computes with is in it only as far as the address
 * asked for it when the page was opened.
 *
 * @param asked the settings that the page was opened with
 */
export function sharedLink(settings: Settings, defaults: Settings, asked: Machine): string {
  const { backend, precision, maxBatch } = asked;
  return linkTo({ ...settings, backend, precision, maxBatch }, defaults);
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
