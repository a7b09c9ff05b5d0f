import { goOnTour } from '../features/idea/scenes';
import { useApp, useAppState, useStrings } from '../kit/app-context';
import { change } from '../settings/store';
import { PAGES } from './pages';

/** Leads from one page to another; every page keeps its settings meanwhile. */
export function PageNav() {
  const { store } = useApp();
  const { pages, tour } = useStrings();
  const page = useAppState(({ settings }) => settings.page);
  return (
    <nav className="pages" aria-label={pages.label}>
      {PAGES.map(({ id }) => (
        <button
          key={id}
          type="button"
          aria-current={page === id ? 'page' : undefined}
          onClick={() => change(store, { page: id })}
        >
          {pages.names[id]}
        </button>
      ))}
      <button type="button" className="start-tour" onClick={() => goOnTour(store, 1)}>
        {tour.start}
      </button>
    </nav>
  );
}
