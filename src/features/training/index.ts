import { lazy } from 'react';
import type { Feature } from '../../kit/feature';
import { trainingWords } from './words';

/** A network that is trained in the page on the data of the plane. */
export const training: Feature = {
  id: 'training',
  words: trainingWords,
  slots: {
    belowPlane: lazy(async () => ({ default: (await import('./TrainSection')).TrainSection })),
  },
};
