import { createContext, useContext, useSyncExternalStore } from 'react';
import { useAppState } from '../../kit/app-context';
import type { PlaneRunner } from './runner';
import { planeSlice } from './settings';

export const PlaneContext = createContext<PlaneRunner | undefined>(undefined);

export function usePlaneRunner(): PlaneRunner {
  const runner = useContext(PlaneContext);
  if (!runner) throw new Error('usePlaneRunner: needs a PlaneContext.Provider above, found none');
  return runner;
}

/** What the panels show. */
export function usePanels(): PlaneRunner['panels'] {
  const runner = usePlaneRunner();
  return useSyncExternalStore(
    (listener) => runner.subscribe(listener),
    () => runner.panels,
  );
}

/** The settings of this page. */
export function usePlane() {
  return useAppState(({ settings }) => planeSlice.of(settings));
}

/** Names of the classes: letters, the same in every language. */
export const CLASS_LETTERS: readonly string[] = ['A', 'B', 'C'];
