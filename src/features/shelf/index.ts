import type { Feature } from '../../kit/feature';
import { columnRuns } from '../../kit/services';
import { keptFiles } from '../../networks/library';
import { ColourHint, ModelPicker } from './ModelPicker';
import { modelShelf } from './service';
import { ModelShelf } from './shelf';
import { shelfWords } from './words';

/** Set in the browser's storage once the hint to colour has been dismissed. */
const COLOUR_HINT = 'guidance-colour-hint-dismissed';

/** The networks that can be chosen, and what of them this machine has downloaded. */
export const shelf: Feature = {
  id: 'shelf',
  words: shelfWords,
  slots: { modelChoice: ModelPicker, modelHint: ColourHint },
  mount({ store, modelsUrl, readCatalogue, services }) {
    const source = {
      baseUrl: modelsUrl,
      readCatalogue,
      kept: keptFiles(),
      hintDismissed: { get: () => isStored(COLOUR_HINT), set: () => storeFlag(COLOUR_HINT) },
    };
    services.provide(modelShelf, new ModelShelf(store, source, services.get(columnRuns)));
  },
};

/** Whether a flag was stored on this machine; a browser may refuse its storage. */
function isStored(flag: string): boolean {
  try {
    return localStorage.getItem(flag) !== null;
  } catch {
    return false;
  }
}

function storeFlag(flag: string): void {
  try {
    localStorage.setItem(flag, 'yes');
  } catch {
    // It will be asked again.
  }
}
