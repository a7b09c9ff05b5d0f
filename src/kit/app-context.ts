import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { ExperimentRunner } from '../features/experiments/runner';
import type { GridRunner } from '../features/grid/runner';
import type { OwnNetworks } from '../features/own/own-networks';
import type { Runner } from '../features/playground/runner';
import type { ModelShelf } from '../features/shelf/shelf';
import type { Settings } from '../settings/settings';
import type { AppState, Store } from '../settings/store';
import type { Trajectories } from './trajectories';
import type { Words } from './words/words';

export interface App {
  readonly store: Store;
  readonly runner: Runner;
  readonly grid: GridRunner;
  readonly experiments: ExperimentRunner;
  readonly models: ModelShelf;
  readonly own: OwnNetworks;
  readonly trajectories: Trajectories;
  /** What the address bar leaves out. */
  readonly defaults: Settings;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp: needs an AppContext.Provider above, found none');
  return app;
}

/** A value of the store; the component is drawn again when it changes. */
export function useAppState<T>(select: (state: AppState) => T): T {
  return useStore(useApp().store, select);
}

/** A feature's words, or the common ones, in the chosen language. */
export function useWords<T>(words: Words<T>): T {
  return words[useAppState(({ settings }) => settings.language)];
}
