import type { Feature } from '../../kit/feature';
import { columnRuns } from '../../kit/services';
import { keptFiles } from '../../networks/library';
import { ModelPicker } from './ModelPicker';
import { modelShelf } from './service';
import { ModelShelf } from './shelf';
import { shelfWords } from './words';

/** The networks that can be chosen, and what of them this machine has downloaded. */
export const shelf: Feature = {
  id: 'shelf',
  words: shelfWords,
  slots: { modelChoice: ModelPicker },
  mount({ store, modelsUrl, readCatalogue, services }) {
    const source = { baseUrl: modelsUrl, readCatalogue, kept: keptFiles(modelsUrl) };
    services.provide(modelShelf, new ModelShelf(store, source, services.get(columnRuns)));
  },
};
