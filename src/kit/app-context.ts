import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { EngineClient } from '../engine/client';
import type { Catalogue } from '../networks/library';
import type { Settings } from '../settings/settings';
import type { AppState, Store } from '../settings/store';
import type { Feature } from './feature';
import type { ResultCache } from './result-cache';
import type { Service, Services } from './service';
import type { Trajectories } from './trajectories';
import type { Words } from './words/words';

/** What every feature of the page stands on. */
export interface App {
  readonly store: Store;
  readonly client: EngineClient;
  readonly trajectories: Trajectories;
  /** Finished runs that need not be run again. */
  readonly cache: ResultCache;
  /** Address of the models folder, ending in a slash. */
  readonly modelsUrl: string;
  /** The site's networks, read once. */
  readonly readCatalogue: () => Promise<Catalogue>;
  /** What the address bar leaves out. */
  readonly defaults: Settings;
  readonly features: readonly Feature[];
  readonly services: Services;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp: needs an AppContext.Provider above, found none');
  return app;
}

/** What a feature of the page offers. */
export function useService<T>(service: Service<T>): T {
  return useApp().services.get(service);
}

/** A value of the store; the component is drawn again when it changes. */
export function useAppState<T>(select: (state: AppState) => T): T {
  return useStore(useApp().store, select);
}

/** A feature's words, or the common ones, in the chosen language. */
export function useWords<T>(words: Words<T>): T {
  return words[useAppState(({ settings }) => settings.language)];
}
