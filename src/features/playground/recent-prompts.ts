import { useSyncExternalStore } from 'react';

const KEY = 'guidance-prompts';
/** As many as are still looked through. */
const MOST = 8;

let prompts: readonly string[] | undefined;
const listeners = new Set<() => void>();

/** The prompts asked for last, the newest first: on this machine, where the browser keeps them. */
export function recentPrompts(): readonly string[] {
  prompts ??= kept();
  return prompts;
}

export function rememberPrompt(prompt: string): void {
  prompts = [prompt, ...recentPrompts().filter((other) => other !== prompt)].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(prompts));
  } catch {
    // A browser may refuse its storage: they last as long as the page.
  }
  for (const listener of listeners) listener();
}

export function useRecentPrompts(): readonly string[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, recentPrompts);
}

function kept(): readonly string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(list)) return [];
    return list.filter((one) => typeof one === 'string' && one !== '').slice(0, MOST);
  } catch {
    return [];
  }
}
