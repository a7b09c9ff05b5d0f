import { lazyView } from '../../kit/Boundary';
import type { Feature } from '../../kit/feature';
import { TrainingRun } from './run';
import { trainingRun } from './service';
import { TRAINING_PAGE, trainingSlice } from './settings';
import { TrainLink } from './TrainLink';
import { trainingWords } from './words';

/** A network that is trained in the page on the data of the plane. */
export const training: Feature = {
  id: TRAINING_PAGE,
  slice: trainingSlice,
  words: trainingWords,
  page: {
    place: 'lab',
    words: trainingWords,
    View: lazyView(async () => (await import('./TrainView')).TrainView),
  },
  slots: { besidePlane: TrainLink },
  mount({ services }) {
    services.provide(trainingRun, new TrainingRun());
  },
};
