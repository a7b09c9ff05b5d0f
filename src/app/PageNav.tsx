import { useApp, useAppState, useWords } from '../kit/app-context';
import { Slot } from '../kit/Slot';
import { change } from '../settings/store';
import { appWords } from './words';

/** Leads from one page to another; every page keeps its settings meanwhile. */
export function PageNav() {
  const { store, features } = useApp();
  const { pages } = useWords(appWords);
  const current = useAppState(({ settings }) => settings.page);
  const language = useAppState(({ settings }) => settings.language);
  return (
    <nav className="pages" aria-label={pages}>
      {features.map(
        ({ id, page }) =>
          page && (
            <button
              key={id}
              type="button"
              aria-current={id === current ? 'page' : undefined}
              onClick={() => change(store, { page: id })}
            >
              {page.words[language].page}
            </button>
          ),
      )}
      <Slot name="navigation" />
    </nav>
  );
}
