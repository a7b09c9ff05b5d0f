import { appWords } from '../src/app/words';
import { experimentsWords } from '../src/features/experiments/words';
import { exportWords } from '../src/features/export/words';
import { gridWords } from '../src/features/grid/words';
import { ideaWords } from '../src/features/idea/words';
import { insideWords } from '../src/features/inside/words';
import { offlineWords } from '../src/features/offline/words';
import { ownWords } from '../src/features/own/words';
import { planeWords } from '../src/features/plane/words';
import { playgroundWords } from '../src/features/playground/words';
import { rulesWords } from '../src/features/rules/words';
import { shelfWords } from '../src/features/shelf/words';
import { trainingWords } from '../src/features/training/words';
import { wipeWords } from '../src/features/wipe/words';
import { commonWords } from '../src/kit/words/words';
import type { Language } from '../src/settings/settings';

/** Every word on the page: the common ones, the frame's and the playground's, and the features' by name. */
function wordsIn(language: Language) {
  return {
    ...commonWords[language],
    ...appWords[language],
    ...playgroundWords[language],
    experiments: experimentsWords[language],
    export: exportWords[language],
    grid: gridWords[language],
    idea: ideaWords[language],
    inside: insideWords[language],
    offline: offlineWords[language],
    own: ownWords[language],
    plane: planeWords[language],
    rules: rulesWords[language],
    shelf: shelfWords[language],
    training: trainingWords[language],
    wipe: wipeWords[language],
  };
}

export const WORDS = { en: wordsIn('en'), zh: wordsIn('zh') };
