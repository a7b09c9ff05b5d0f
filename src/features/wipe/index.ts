import type { Feature } from '../../kit/feature';
import { WipeView } from './WipeView';
import { wipeWords } from './words';

/** Two columns overlaid. */
export const wipe: Feature = {
  id: 'wipe',
  words: wipeWords,
  layout: { id: 'wipe', words: wipeWords, View: WipeView },
};
