import type { Feature } from '../../kit/feature';
import { Inside } from './Inside';
import { insideWords } from './words';

/** What the guidance does at each step of the picked sample. */
export const inside: Feature = {
  id: 'inside',
  words: insideWords,
  slots: { belowColumns: Inside },
};
