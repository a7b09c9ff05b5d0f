import { useApp, useAppState, useWords } from '../../kit/app-context';
import { change } from '../../settings/store';
import { cameFromSlice } from './settings';
import { ideaWords } from './words';
import './back-to-article.css';

/** The way back to the section of the article that opened what is shown. */
export function BackToArticle() {
  const { store } = useApp();
  const { backToArticle } = useWords(ideaWords);
  const section = useAppState(({ settings }) => cameFromSlice.of(settings));
  const reading = useAppState(({ settings }) => settings.page === 'idea');
  if (!section || reading) return null;
  return (
    <p className="back-to-article">
      <a
        href={`?page=idea#${section}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          change(store, { page: 'idea' });
        }}
      >
        <span aria-hidden="true">←</span> {backToArticle}
      </a>
    </p>
  );
}
