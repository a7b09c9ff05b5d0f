import { EngineClient } from '../../engine/client';
import type { Feature } from '../../kit/feature';
import { broughtNetworks, columnRuns } from '../../kit/services';
import { OwnNetworkButton, OwnNetworkDialog } from './OwnNetwork';
import { OwnNetworks } from './own-networks';
import { ownNetworks } from './service';
import { browserNetworkStorage } from './storage';
import { ownWords } from './words';

/** Networks that the visitor brings in ONNX files. */
export const own: Feature = {
  id: 'own',
  words: ownWords,
  slots: { everyPage: OwnNetworkDialog, modelList: OwnNetworkButton },
  mount({ store, modelsUrl, services }) {
    const networks = new OwnNetworks({
      store,
      storage: browserNetworkStorage(),
      runner: () => services.get(columnRuns),
      async tryOut(files, compare, backend, onProgress, signal) {
        // An engine of its own: a network that breaks it does not take the page's along.
        const engine = new EngineClient();
        signal.addEventListener('abort', () => engine.dispose());
        const modelId = files.manifest.id;
        const options = { modelId, baseUrl: modelsUrl, backend, own: files, compare, rows: 1 };
        const { compared } = await engine.load(options, onProgress).finally(() => engine.dispose());
        return compared;
      },
    });
    services.provide(ownNetworks, networks);
    services.provide(broughtNetworks, networks);
  },
  openFiles(files, { services }) {
    const networks = services.get(ownNetworks);
    return networks.takes(files) ? () => void networks.take(files) : undefined;
  },
};
