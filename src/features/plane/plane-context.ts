import { createContext, useContext, useSyncExternalStore } from 'react';
import type { PlaneFrame } from './frame';
import type { PlaneRunner } from './runner';

/** What the page of two dimensions is built on. */
export interface PlaneParts {
  readonly runner: PlaneRunner;
  readonly frame: PlaneFrame;
}

export const PlaneContext = createContext<PlaneParts | undefined>(undefined);

function usePlaneParts(): PlaneParts {
  const parts = useContext(PlaneContext);
  if (!parts) throw new Error('usePlaneParts: needs a PlaneContext.Provider above, found none');
  return parts;
}

export function usePlaneRunner(): PlaneRunner {
  return usePlaneParts().runner;
}

export function usePlaneFrame(): PlaneFrame {
  return usePlaneParts().frame;
}

/** What the panels show. */
export function usePanels(): PlaneRunner['panels'] {
  const runner = usePlaneRunner();
  return useSyncExternalStore(
    (listener) => runner.subscribe(listener),
    () => runner.panels,
  );
}

/** Half the width of what the panels show, in units of the plane. */
export function useFrameHalf(): number {
  const frame = usePlaneFrame();
  return useSyncExternalStore(
    (listener) => frame.subscribe(listener),
    () => frame.half,
  );
}
