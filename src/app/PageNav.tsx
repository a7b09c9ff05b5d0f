import { goOnTour } from '../features/idea/scenes';
import { ideaWords } from '../features/idea/words';
import { useApp, useAppState, useWords } from '../kit/app-context';
import { change } from '../settings/store';
import { PAGES } from './pages';
import { appWords } from './words';

/** Leads from one page to another; every page keeps its settings meanwhile. */
export function PageNav() {
  const { store } = useApp();
  const { pages } = useWords(appWords);
  const { startTour } = useWords(ideaWords);
  const language = useAppState(({ settings }) => settings.language);
  const page = useAppState(({ settings }) => settings.page);
  return (
    <nav className="pages" aria-label={pages}>
      {PAGES.map(({ id, words }) => (
        <button
          key={id}
          type="button"
          aria-current={page === id ? 'page' : undefined}
          onClick={() => change(store, { page: id })}
        >
          {words[language].page}
        </button>
      ))}
      <button type="button" className="start-tour" onClick={() => goOnTour(store, 1)}>
        {startTour}
      </button>
    </nav>
  );
}
