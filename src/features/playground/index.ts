import type { Feature } from '../../kit/feature';
import { columnRuns, filmPictures } from '../../kit/services';
import { Columns } from './Columns';
import { filmOfActive } from './film-pictures';
import { PlaygroundView } from './PlaygroundView';
import { Runner } from './runner';
import { playgroundWords } from './words';

/** Columns of samples on the same noise, each with settings of its own. */
export const playground: Feature = {
  id: 'playground',
  words: playgroundWords,
  page: { place: 'play', words: playgroundWords, View: PlaygroundView, needsNetwork: true },
  layout: { id: 'columns', words: playgroundWords, View: Columns },
  mount({ store, client, trajectories, modelsUrl, cache, services }) {
    const runner = new Runner(store, client, trajectories, modelsUrl, cache);
    services.provide(columnRuns, runner);
    services.provide(filmPictures, filmOfActive(store, runner.film));
    document.addEventListener('visibilitychange', () => runner.visibilityChanged());
  },
};
