import { lazyView } from '../../kit/Boundary';
import type { Feature } from '../../kit/feature';
import { PLANE_PAGE, planeSlice } from '../../kit/plane/settings';
import { planeWords } from './words';

/** Guidance in two dimensions, where every score is exact. */
export const plane: Feature = {
  id: PLANE_PAGE,
  slice: planeSlice,
  words: planeWords,
  page: {
    place: 'lab',
    words: planeWords,
    View: lazyView(async () => (await import('./PlaneView')).PlaneView),
  },
};
