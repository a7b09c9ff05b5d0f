import type { Feature } from '../../kit/feature';
import { gridPictures } from '../../kit/services';
import { GridCaption, GridView } from './GridView';
import { isGridBusy, openingAxes } from './grid';
import { GridRunner } from './runner';
import { gridRunner } from './service';
import { gridWords } from './words';

/** Two settings varied at once, a sample a cell. */
export const grid: Feature = {
  id: 'grid',
  words: gridWords,
  layout: {
    id: 'grid',
    words: gridWords,
    View: GridView,
    Caption: GridCaption,
    opening: openingAxes,
    isBusy: (state) => isGridBusy(state.grid),
  },
  mount({ store, client, cache, services }) {
    const runner = new GridRunner(store, client, cache);
    services.provide(gridRunner, runner);
    services.provide(gridPictures, runner);
  },
};
