import { useEffect, useState } from 'react';
import { messageOf } from '../networks/errors';
import { useApp, useAppState } from './app-context';
import { type PromptReading, type PromptWords, readingOf } from './prompt-reading';

/** By the encoder's address, for all fields of the page. */
const known = new Map<string, PromptWords>();

/** The words of an encoder, loaded once; again only where that failed. */
function wordsOf(encoder: string, baseUrl: string): PromptWords {
  const address = `${baseUrl}${encoder}`;
  const words = known.get(address) ?? {
    // Most visits never need them, nor what reads them.
    lexicon: once(async () =>
      (await import('../networks/text/load-words')).loadChineseLexicon(encoder, { baseUrl }),
    ),
    tokeniser: once(async () =>
      (await import('../networks/text/load-words')).loadTokeniser(encoder, { baseUrl }),
    ),
  };
  known.set(address, words);
  return words;
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

/**
 * How the network's text encoder reads a prompt; undefined until that is known, or where the network
 * takes none. `problem` says why it cannot be known.
 */
export function usePromptReading(prompt: string): {
  readonly reading?: PromptReading;
  readonly problem?: string;
} {
  const { modelsUrl } = useApp();
  const encoder = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.prompts?.encoder : undefined,
  );
  const tokens = useAppState(({ engine }) =>
    engine.status === 'ready' ? (engine.manifest.prompts?.tokens ?? 0) : 0,
  );
  const [known, setKnown] = useState<{
    prompt: string;
    reading?: PromptReading;
    problem?: string;
  }>();
  useEffect(() => {
    if (encoder === undefined || prompt === '') return;
    let current = true;
    readingOf(prompt, tokens, wordsOf(encoder, modelsUrl)).then(
      (reading) => current && setKnown({ prompt, reading }),
      (error: unknown) => current && setKnown({ prompt, problem: messageOf(error) }),
    );
    return () => {
      current = false;
    };
  }, [prompt, tokens, encoder, modelsUrl]);
  return known?.prompt === prompt ? known : {};
}
