import type { Feature } from '../../kit/feature';
import { DropTarget, Export } from './Export';
import { restore } from './restore';
import { exportWords } from './words';

/** Pictures, animations and the whole page as files, and the way back. */
export const exporting: Feature = {
  id: 'export',
  words: exportWords,
  slots: { share: Export, everyPage: DropTarget },
  openFiles: ([file], app) => file && (() => void restore(file, app)),
};
