import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { Page } from '../settings/settings';

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
      import('../features/experiments/ExperimentsView').then(({ ExperimentsView }) => ({
        default: ExperimentsView,
      })),
    ),
  },
  {
    id: 'plane',
    View: lazy(() =>
      import('../features/plane/PlaneView').then(({ PlaneView }) => ({ default: PlaneView })),
    ),
  },
  {
    id: 'idea',
    View: lazy(() =>
      import('../features/idea/IdeaView').then(({ IdeaView }) => ({ default: IdeaView })),
    ),
  },
];
