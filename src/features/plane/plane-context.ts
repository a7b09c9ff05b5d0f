import { createContext, useContext, useSyncExternalStore } from 'react';
import type { PlaneRunner } from './runner';

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
