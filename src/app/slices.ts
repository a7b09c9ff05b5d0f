import { experimentSlice } from '../features/experiments/settings';
import { tourSlice } from '../features/idea/settings';
import { planeSlice } from '../features/plane/settings';
import { trainingSlice } from '../features/training/settings';
import type { Slice } from '../settings/slice';

/** What the features bring to the settings, in the order of the address. */
export const SLICES: readonly Slice<unknown>[] = [
  experimentSlice,
  planeSlice,
  trainingSlice,
  tourSlice,
];
