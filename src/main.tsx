import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { EngineClient } from './engine/client';
import { MeasuringClient } from './lab/measuring-client';
import { keepAddress } from './state/address';
import { browserKeep } from './state/experiment-keep';
import { studyNetworks } from './state/experiment-networks';
import { ExperimentRunner } from './state/experiment-runner';
import { GridRunner } from './state/grid-runner';
import { ResultCache } from './state/result-cache';
import { Runner } from './state/runner';
import { FIRST_VISIT, type Settings } from './state/settings';
import { createAppStore } from './state/store';
import { Trajectories } from './state/trajectories';
import { readAddress } from './state/url';
import { AppView } from './ui/AppView';
import { type App, AppContext } from './ui/app-context';
import './ui/styles.css';

const language = navigator.language.startsWith('zh') ? 'zh' : 'en';
const defaults: Settings = { ...FIRST_VISIT, language };
const { settings, misread } = readAddress(location.search, defaults);
const store = createAppStore(settings);
if (misread.length) store.setState({ notice: { kind: 'misread', pieces: misread } });

const trajectories = new Trajectories();
const client = new EngineClient({
  onDeviceLost: () => store.setState({ notice: { kind: 'device-lost' } }),
  onRebuildFailed: ({ kind, message }) =>
    store.setState({ engine: { status: 'failed', kind, message }, notice: undefined }),
  onRecovered: (loaded) => {
    store.setState({ notice: { kind: 'recovered' } });
    runner.ready(loaded);
  },
});
const models = new URL('models/', document.baseURI).href;
const cache = new ResultCache();
const runner = new Runner(store, client, trajectories, models, cache);
const grid = new GridRunner(store, client, cache);
const experiments = new ExperimentRunner({
  store,
  client,
  measurer: new MeasuringClient(models),
  keep: browserKeep(),
  findNetworks: (loaded) => studyNetworks(loaded, readText),
});
const app: App = { store, runner, grid, experiments, trajectories, defaults };

keepAddress(store, defaults);
whenNeeded(() => void runner.load());

/** A text of the models folder. */
async function readText(path: string): Promise<string> {
  const response = await fetch(new URL(path, models), { cache: 'no-cache' });
  if (!response.ok) throw new Error(`models/${path}: the server answered ${response.status}`);
  return response.text();
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
