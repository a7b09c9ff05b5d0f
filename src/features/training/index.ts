import { lazy } from 'react';
import type { Feature } from '../../kit/feature';
import { trainingSlice } from './settings';
import { trainingWords } from './words';

/** A network that is trained in the page on the data of the plane. */
export const training: Feature = {
  id: 'training',
  slice: trainingSlice,
  words: trainingWords,
  slots: {
    belowPlane: lazy(async () => ({ default: (await import('./TrainSection')).TrainSection })),
  },
};
