import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { AppState } from '../settings/store';
import type { App } from './feature';
import type { Service } from './service';
import { type ClassWords, classWords } from './words/class-names';
import { commonWords, type Strings, type Words, wordsForPrompts } from './words/words';

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

/** What the classes are called in the chosen language; prompts are called what they say. */
export function useClassWords(): (id: string) => ClassWords {
  const language = useAppState(({ settings }) => settings.language);
  const ofPrompts = useAppState(
    ({ engine }) => engine.status === 'ready' && engine.manifest.prompts !== undefined,
  );
  return (id) => (ofPrompts ? { name: id, members: '' } : classWords(id, language));
}

/** The common words; about prompts, where the network takes them. */
export function useNetworkWords(): Strings {
  const strings = useWords(commonWords);
  const ofPrompts = useAppState(
    ({ engine }) => engine.status === 'ready' && engine.manifest.prompts !== undefined,
  );
  return useMemo(() => (ofPrompts ? wordsForPrompts(strings) : strings), [ofPrompts, strings]);
}

/** A feature's words, or the common ones, in the chosen language. */
export function useWords<T>(words: Words<T>): T {
  return words[useAppState(({ settings }) => settings.language)];
}
