import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { Page } from '../state/settings';

interface PageEntry {
  readonly id: Page;
  /** The playground itself has none: it is the layout of AppView. Others are loaded when first opened. */
  readonly View?: LazyExoticComponent<ComponentType>;
}

/** The pages in the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { id: 'playground' },
  {
    id: 'experiments',
    View: lazy(() =>
      import('./experiments/ExperimentsView').then(({ ExperimentsView }) => ({
        default: ExperimentsView,
      })),
    ),
  },
  {
    id: 'plane',
    View: lazy(() => import('./plane/PlaneView').then(({ PlaneView }) => ({ default: PlaneView }))),
  },
  {
    id: 'idea',
    View: lazy(() => import('./idea/IdeaView').then(({ IdeaView }) => ({ default: IdeaView }))),
  },
];
