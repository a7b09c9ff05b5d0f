import { firstCount, type Settings } from './settings';
import { type AppState, returnToSettings, type Store } from './store';
import { writeAddress } from './url';

/** Browsers refuse more than about a hundred changes of the address in half a minute. */
const PAUSE_MS = 300;

/** Switches that belong to the site and not to the settings: they stay in the address. */
const KEPT = ['coi'];

/** What stays as it is when the history goes back or forward: how the page speaks, looks and computes. */
const PERSONAL = [
  'language',
  'theme',
  'unit',
  'projector',
  'expert',
  'film',
  'backend',
  'precision',
  'maxBatch',
] as const;

/** What a link is made of: the settings, and the network that decides what goes without saying. */
type Linked = Pick<AppState, 'settings' | 'engine'>;

/** The address that restores the page as it is now, on this machine. */
export function linkTo(
  { settings, engine }: Linked,
  defaults: Settings,
  anchor = location.hash,
): string {
  const given = new URLSearchParams(location.search);
  const kept = KEPT.flatMap((key) =>
    given.getAll(key).map((value) => `${key}=${encodeURIComponent(value.slice(0, 16))}`),
  );
  const count = engine.status === 'ready' ? firstCount(engine.manifest) : 0;
  const named = { ...settings, count: settings.count || count };
  const query = [writeAddress(named, { ...defaults, count }), ...kept].filter(Boolean).join('&');
  return `${location.origin}${location.pathname}${query && `?${query}`}${anchor}`;
}

/** How this machine computes: the same settings show the same elsewhere without it. */
type Machine = Pick<Settings, 'backend' | 'precision' | 'maxBatch'>;

/**
 * The link for somebody else. What this machine computes with is in it only as far as the address
 * asked for it when the page was opened.
 *
 * @param asked the settings that the page was opened with
 */
export function sharedLink(
  { settings, engine }: Linked,
  defaults: Settings,
  asked: Machine,
): string {
  const { backend, precision, maxBatch } = asked;
  return linkTo({ settings: { ...settings, backend, precision, maxBatch }, engine }, defaults);
}

interface AddressOptions {
  readonly store: Store;
  readonly defaults: Settings;
  /** The settings of the address. */
  readonly read: () => Settings;
  /** The history went to settings that another network is to draw. */
  readonly onOtherModel: () => void;
}

/**
 * Keeps the address bar at the settings, a moment after they come to rest. A step (another page,
 * network, layout or scene) makes an entry of the browser's history, any other change goes into the
 * entry that is there; going back and forward brings the settings of an entry back.
 */
export function keepAddress({ store, defaults, read, onOtherModel }: AddressOptions): void {
  /** What the current entry stands for. */
  let entry = store.getState();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting = false;

  /** With the network that the site opens: until it is known, it has no name. */
  let first: Settings | undefined;
  const replace = () => history.replaceState(history.state, '', linkTo(entry, defaults));
  const follow = () => {
    waiting = false;
    const now = store.getState();
    const step = isStep(entry, now);
    clearTimeout(timer);
    if (step) replace();
    const samePage = entry.settings.page === now.settings.page;
    entry = now;
    if (!step) {
      timer = setTimeout(replace, PAUSE_MS);
      return;
    }
    // The anchor is of the page that is left.
    const link = linkTo(now, defaults, samePage ? location.hash : '');
    if (link !== location.href) history.pushState(null, '', link);
  };
  store.subscribe((now, before) => {
    if (now.settings === before.settings) return;
    if (namesNetwork(now, before)) first = now.settings;
    if (waiting) return;
    waiting = true;
    // What is changed at one go is one step.
    queueMicrotask(follow);
  });

  // Pages are drawn after the history has moved, which the browser's own way does not await.
  history.scrollRestoration = 'manual';
  window.addEventListener('popstate', () => {
    const { settings: before, engine } = store.getState();
    const linkOf = (settings: Settings) => linkTo({ settings, engine }, defaults);
    const personal = Object.fromEntries(PERSONAL.map((key) => [key, before[key]]));
    const settings = withNetwork({ ...read(), ...personal }, first);
    if (linkOf(settings) === linkOf(before)) return;
    returnToSettings(store, settings);
    entry = store.getState();
    if (settings.model !== before.model) onOtherModel();
  });
}

/** Whether the site's network has become known, which nobody asked for by its name. */
export function namesNetwork(now: AppState, before: AppState): boolean {
  return now.engine !== before.engine && !before.settings.model && now.settings.model !== '';
}

/**
 * Settings from before the site's network was known, with its name, its class and its number of
 * samples in place of none: they mean that network, and coming back to them must not load it again.
 */
export function withNetwork(settings: Settings, first: Settings | undefined): Settings {
  if (settings.model || !first) return settings;
  const { subject } = settings;
  const isUnnamed = subject.kind === 'class' && subject.name === '';
  return {
    ...settings,
    model: first.model,
    subject: isUnnamed ? first.subject : subject,
    count: settings.count || first.count,
  };
}

/** Whether the visitor went somewhere: what Back returns from. */
function isStep(before: AppState, now: AppState): boolean {
  const [a, b] = [before.settings, now.settings];
  const slices = [...b.slices].filter(([{ role }]) => role === 'step');
  return (
    now.scene !== before.scene ||
    a.page !== b.page ||
    a.model !== b.model ||
    a.layout !== b.layout ||
    slices.some(([slice, value]) => slice.of(a) !== value)
  );
}
