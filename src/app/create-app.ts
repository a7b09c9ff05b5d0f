import { EngineClient } from '../engine/client';
import type { App, Feature } from '../kit/feature';
import { ResultCache } from '../kit/result-cache';
import { Services } from '../kit/service';
import { broughtNetworks, columnRuns, settingsUndo } from '../kit/services';
import { modelsFolder } from '../kit/site-version';
import { Trajectories } from '../kit/trajectories';
import { sharedCatalogue } from '../networks/library';
import { keepAddress } from '../settings/address';
import { FIRST_VISIT, type Settings } from '../settings/settings';
import { defaultSlices } from '../settings/slice';
import { createAppStore, type Store } from '../settings/store';
import { createUndo } from '../settings/undo';
import { readAddress } from '../settings/url';

/** The page as the address says, with its features: from here on the address follows the settings. */
export function createApp(features: readonly Feature[]): App {
  const language = navigator.language.startsWith('zh') ? 'zh' : 'en';
  const slices = defaultSlices(features.flatMap(({ slice }) => slice ?? []));
  const defaults: Settings = { ...FIRST_VISIT, count: 0, language, slices };
  const { settings, ignored } = readPage(features, defaults);
  const store = createAppStore(settings);
  if (ignored.length) store.setState({ notice: { kind: 'misread', pieces: ignored } });
  const modelsUrl = modelsFolder();
  const services = new Services();
  const app: App = {
    store,
    client: createClient(store, services),
    trajectories: new Trajectories(),
    cache: new ResultCache(),
    modelsUrl,
    readCatalogue: sharedCatalogue({ baseUrl: modelsUrl }),
    defaults,
    opened: settings,
    features,
    services,
  };
  for (const feature of features) feature.mount?.(app);
  const network = loadWhenNeeded(app);
  const onOtherModel = () => network.reload();
  services.provide(settingsUndo, createUndo(store, onOtherModel));
  const read = () => readPage(features, defaults).settings;
  keepAddress({ store, defaults, read, onOtherModel });
  return app;
}

/** The settings of the address; a page that there is not is among what was not understood. */
function readPage(features: readonly Feature[], defaults: Settings) {
  const { settings, ignored } = readAddress(location.search, defaults);
  if (features.some(({ id, page }) => page && id === settings.page)) return { settings, ignored };
  return {
    settings: { ...settings, page: defaults.page },
    ignored: [...ignored, { key: 'page', text: settings.page }],
  };
}

/** The engine, which tells the store what becomes of it. */
function createClient(store: Store, services: Services): EngineClient {
  return new EngineClient({
    findOwn: (id) => services.get(broughtNetworks).find(id),
    onDeviceLost: () => store.setState({ notice: { kind: 'device-lost' } }),
    onRebuildFailed: ({ kind, message }) =>
      store.setState({ engine: { status: 'failed', kind, message }, notice: undefined }),
    onSilence: (silent) => store.setState({ silent }),
    onSmallerBatch: (info) =>
      store.setState(({ engine }) => ({
        engine: engine.status === 'ready' ? { ...engine, info } : engine,
        notice: { kind: 'smaller-batch', maxBatch: info.maxBatch },
      })),
    onFullPrecision: (info) =>
      store.setState(({ engine }) => ({
        engine: engine.status === 'ready' ? { ...engine, info } : engine,
        notice: { kind: 'full-precision' },
      })),
    onRecovered: (loaded) => {
      const { maxBatch, batchWhy } = loaded.info;
      const smaller = batchWhy?.reason === 'memory' ? maxBatch : undefined;
      store.setState({ notice: { kind: 'recovered', maxBatch: smaller } });
      services.get(columnRuns).ready(loaded);
    },
  });
}

/** Loads the network when a page is first opened that needs it; from then on `reload` loads another. */
function loadWhenNeeded({ store, features, services }: App): { reload(): void } {
  const needed = () => {
    const { page } = store.getState().settings;
    return features.some((feature) => feature.id === page && feature.page?.needsNetwork);
  };
  let loads = false;
  const load = () => {
    loads = true;
    void services.get(columnRuns).load();
  };
  const reload = () => {
    if (loads) load();
  };
  if (needed()) {
    load();
    return { reload };
  }
  const stop = store.subscribe(() => {
    if (!needed()) return;
    stop();
    load();
  });
  return { reload };
}
