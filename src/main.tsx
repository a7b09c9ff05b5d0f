import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AppView } from './app/AppView';
import { SLICES } from './app/slices';
import { EngineClient } from './engine/client';
import { browserKeep } from './features/experiments/keep';
import { MeasuringClient } from './features/experiments/measuring-client';
import { studyNetworks } from './features/experiments/networks';
import { ExperimentRunner } from './features/experiments/runner';
import { GridRunner } from './features/grid/runner';
import { browserOwnKeep, OwnNetworks } from './features/own/own-networks';
import { Runner } from './features/playground/runner';
import { ModelShelf } from './features/shelf/shelf';
import { type App, AppContext } from './kit/app-context';
import { ResultCache } from './kit/result-cache';
import { Trajectories } from './kit/trajectories';
import { keptFiles, sharedCatalogue } from './networks/library';
import { keepAddress } from './settings/address';
import { FIRST_VISIT, type Settings } from './settings/settings';
import { defaultSlices } from './settings/slice';
import { createAppStore } from './settings/store';
import { readAddress } from './settings/url';
import './app/styles.css';

const language = navigator.language.startsWith('zh') ? 'zh' : 'en';
const defaults: Settings = { ...FIRST_VISIT, language, slices: defaultSlices(SLICES) };
const { settings, ignored } = readAddress(location.search, defaults);
const store = createAppStore(settings);
if (ignored.length) store.setState({ notice: { kind: 'misread', pieces: ignored } });

/** Set in the browser's storage once the hint to colour has been dismissed. */
const COLOUR_HINT = 'guidance-colour-hint-dismissed';

const trajectories = new Trajectories();
const own = new OwnNetworks({
  store,
  keep: browserOwnKeep(),
  runner: () => runner,
  async tryOut(files, backend, onProgress, signal) {
    // An engine of its own: a network that breaks it does not take the page's along.
    const engine = new EngineClient();
    signal.addEventListener('abort', () => engine.dispose());
    const modelId = files.manifest.id;
    const options = { modelId, baseUrl: models, backend, own: files, rows: 1 };
    await engine.load(options, onProgress).finally(() => engine.dispose());
  },
});
const client = new EngineClient({
  findOwn: (id) => own.find(id),
  onDeviceLost: () => store.setState({ notice: { kind: 'device-lost' } }),
  onRebuildFailed: ({ kind, message }) =>
    store.setState({ engine: { status: 'failed', kind, message }, notice: undefined }),
  onSmallerBatch: (info) =>
    store.setState(({ engine }) => ({
      engine: engine.status === 'ready' ? { ...engine, info } : engine,
      notice: { kind: 'smaller-batch', maxBatch: info.maxBatch },
    })),
  onRecovered: (loaded) => {
    const { maxBatch, batchWhy } = loaded.info;
    const smaller = batchWhy?.reason === 'memory' ? maxBatch : undefined;
    store.setState({ notice: { kind: 'recovered', maxBatch: smaller } });
    runner.ready(loaded);
  },
});
const models = new URL('models/', document.baseURI).href;
const catalogue = sharedCatalogue({ baseUrl: models });
const cache = new ResultCache();
const runner = new Runner(store, client, trajectories, models, cache);
const grid = new GridRunner(store, client, cache);
const experiments = new ExperimentRunner({
  store,
  client,
  measurer: new MeasuringClient(models),
  keep: browserKeep(),
  findNetworks: async (loaded) => studyNetworks(loaded, await catalogue()),
});
const shelf = new ModelShelf(
  store,
  {
    baseUrl: models,
    readCatalogue: catalogue,
    kept: keptFiles(),
    hintDismissed: { get: () => remembered(COLOUR_HINT), set: () => remember(COLOUR_HINT) },
  },
  runner,
);
const app: App = { store, runner, grid, experiments, models: shelf, own, trajectories, defaults };

keepAddress(store, defaults);
whenNeeded(() => void runner.load());

/** Whether something was done on this machine before; a browser may refuse its storage. */
function remembered(what: string): boolean {
  try {
    return localStorage.getItem(what) !== null;
  } catch {
    return false;
  }
}

function remember(what: string): void {
  try {
    localStorage.setItem(what, 'yes');
  } catch {
    // It will be asked again.
  }
}

/** The networks are loaded when a page is opened that has a use for them. */
function whenNeeded(load: () => void): void {
  const needed = () => ['playground', 'experiments'].includes(store.getState().settings.page);
  if (needed()) {
    load();
    return;
  }
  const stop = store.subscribe(() => {
    if (!needed()) return;
    stop();
    load();
  });
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <AppContext.Provider value={app}>
      <AppView />
    </AppContext.Provider>
  </StrictMode>,
);
