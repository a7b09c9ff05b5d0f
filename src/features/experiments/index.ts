import { lazyView } from '../../kit/Boundary';
import type { Feature } from '../../kit/feature';
import { MeasuringClient } from './measuring-client';
import { studyNetworks } from './networks';
import { ExperimentRunner } from './runner';
import { experimentRunner } from './service';
import { experimentSlice } from './settings';
import { browserStorage } from './storage';
import { experimentsWords } from './words';

/** The paper's experiments, run in the browser. */
export const experiments: Feature = {
  id: 'experiments',
  slice: experimentSlice,
  words: experimentsWords,
  page: {
    place: 'lab',
    words: experimentsWords,
    View: lazyView(async () => (await import('./ExperimentsView')).ExperimentsView),
    needsNetwork: true,
  },
  mount({ store, client, modelsUrl, readCatalogue, services }) {
    const runner = new ExperimentRunner({
      store,
      client,
      measurer: new MeasuringClient(modelsUrl),
      storage: browserStorage(),
      findNetworks: async (loaded) => studyNetworks(loaded, await readCatalogue()),
    });
    services.provide(experimentRunner, runner);
  },
  openFiles([file], { store, services }) {
    if (!file || store.getState().settings.page !== 'experiments') return undefined;
    return () => void services.get(experimentRunner).bring(file);
  },
};
