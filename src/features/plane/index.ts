import { lazy } from 'react';
import type { Feature } from '../../kit/feature';
import { planeWords } from './words';

/** Guidance in two dimensions, where every score is exact. */
export const plane: Feature = {
  id: 'plane',
  words: planeWords,
  page: {
    words: planeWords,
    View: lazy(async () => ({ default: (await import('./PlaneView')).PlaneView })),
  },
};
