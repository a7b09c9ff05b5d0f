import { lazyView } from '../../kit/Boundary';
import type { Feature } from '../../kit/feature';
import { BackToArticle } from './BackToArticle';
import { cameFromSlice, tourSlice } from './settings';
import { TourButton, TourCard } from './TourSlots';
import { ideaWords } from './words';

/** The article, and the tour of the playground. */
export const idea: Feature = {
  id: 'idea',
  slice: [tourSlice, cameFromSlice],
  words: ideaWords,
  page: {
    place: 'learn',
    words: ideaWords,
    View: lazyView(async () => (await import('./IdeaView')).IdeaView),
    BesideTabs: TourButton,
  },
  slots: { everyPage: BackToArticle, playgroundTop: TourCard },
};
