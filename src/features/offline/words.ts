import type { Words } from '../../kit/words/words';
import { en } from './words.en';
import { zh } from './words.zh';

export const offlineWords: Words<typeof en> = { en, zh };
