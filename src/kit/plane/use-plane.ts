import { useAppState } from '../app-context';
import { planeSlice } from './settings';

/** The settings of the plane. */
export function usePlane() {
  return useAppState(({ settings }) => planeSlice.of(settings));
}

/** Names of the classes: letters, the same in every language. */
export const CLASS_LETTERS: readonly string[] = ['A', 'B', 'C'];
