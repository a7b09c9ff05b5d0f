import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { experimentsWords } from '../features/experiments/words';
import { ideaWords } from '../features/idea/words';
import { planeWords } from '../features/plane/words';
import { playgroundWords } from '../features/playground/words';
import type { Words } from '../kit/words/words';
import type { Page } from '../settings/settings';

interface PageEntry {
  readonly id: Page;
  readonly words: Words<{ readonly page: string }>;
  /** The playground itself has none: it is the layout of AppView. Others are loaded when first opened. */
  readonly View?: LazyExoticComponent<ComponentType>;
}

/** The pages in the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { id: 'playground', words: playgroundWords },
  {
    id: 'experiments',
    words: experimentsWords,
    View: lazy(() =>
      import('../features/experiments/ExperimentsView').then(({ ExperimentsView }) => ({
        default: ExperimentsView,
      })),
    ),
  },
  {
    id: 'plane',
    words: planeWords,
    View: lazy(() =>
      import('../features/plane/PlaneView').then(({ PlaneView }) => ({ default: PlaneView })),
    ),
  },
  {
    id: 'idea',
    words: ideaWords,
    View: lazy(() =>
      import('../features/idea/IdeaView').then(({ IdeaView }) => ({ default: IdeaView })),
    ),
  },
];
