import { lazy } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { goOnTour } from './scenes';
import { tourSlice } from './settings';
import { ideaWords } from './words';

const Tour = lazy(() => import('./Tour').then(({ Tour }) => ({ default: Tour })));

/** Starts the tour. */
export function TourButton() {
  const { store } = useApp();
  const { startTour } = useWords(ideaWords);
  return (
    <button type="button" className="start-tour" onClick={() => goOnTour(store, 1)}>
      {startTour}
    </button>
  );
}

/** The tour's card, while one is on the tour. */
export function TourCard() {
  return useAppState(({ settings }) => tourSlice.of(settings) > 0) && <Tour />;
}
