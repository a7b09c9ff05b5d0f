import { lazy, Suspense, useEffect } from 'react';
import { tourSlice } from '../features/idea/settings';
import { OwnNetworkDialog } from '../features/own/OwnNetwork';
import { Controls } from '../features/playground/Controls';
import { Presets } from '../features/playground/Presets';
import { Stage } from '../features/playground/Stage';
import { playgroundWords } from '../features/playground/words';
import { useAppState, useWords } from '../kit/app-context';
import { Notices } from '../kit/Notices';
import { Header } from './Header';
import { PageNav } from './PageNav';
import { PAGES } from './pages';
import { appWords } from './words';

const Tour = lazy(() => import('../features/idea/Tour').then(({ Tour }) => ({ default: Tour })));

/** The whole page. */
export function AppView() {
  const words = useWords(appWords);
  const page = useAppState(({ settings }) => settings.page);
  const View = PAGES.find(({ id }) => id === page)?.View;
  useDocument();
  return (
    <>
      {/* A button: a link to #stage would put a step into the history, and the address is the settings'. */}
      <button
        type="button"
        className="skip"
        onClick={() => document.getElementById('stage')?.focus()}
      >
        {words.skip}
      </button>
      <Header />
      <OwnNetworkDialog />
      <PageNav />
      {View ? (
        <Suspense>
          <View />
        </Suspense>
      ) : (
        <Playground />
      )}
    </>
  );
}

function Playground() {
  const { about } = useWords(playgroundWords);
  const onTour = useAppState(({ settings }) => tourSlice.of(settings) > 0);
  return (
    <>
      {onTour && (
        <Suspense>
          <Tour />
        </Suspense>
      )}
      <Presets />
      <div className="layout">
        <Controls />
        <div className="main">
          <Notices />
          <Stage />
        </div>
        <section aria-label={about.summary}>
          <details className="about">
            <summary>{about.summary}</summary>
            <p className="formula">{about.formula}</p>
            {about.paragraphs.map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
          </details>
        </section>
      </div>
    </>
  );
}

/** Language and theme belong to the document. */
function useDocument(): void {
  const language = useAppState(({ settings }) => settings.language);
  const theme = useAppState(({ settings }) => settings.theme);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      document.documentElement.dataset.theme =
        theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme;
    };
    apply();
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [theme]);
}
