import { useApp, useAppState, useWords } from '../../kit/app-context';
import { lazyView } from '../../kit/Boundary';
import { goOnTour } from './scenes';
import { tourSlice } from './settings';
import { ideaWords } from './words';

const Tour = lazyView(async () => (await import('./Tour')).Tour);

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
