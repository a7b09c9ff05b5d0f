import { useEffect, useLayoutEffect, useRef } from 'react';
import { useApp, useAppState, useWords } from '../kit/app-context';
import { Boundary } from '../kit/Boundary';
import { Slot } from '../kit/Slot';
import { Header } from './Header';
import { PlacePages } from './Places';
import { ProjectorMode } from './ProjectorMode';
import { appWords } from './words';
import './app.css';

/** The whole page. */
export function AppView() {
  const words = useWords(appWords);
  const { features } = useApp();
  const current = useAppState(({ settings }) => settings.page);
  const View = features.find(({ id }) => id === current)?.page?.View;
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
      <Boundary>
        <ProjectorMode />
      </Boundary>
      <Slot name="everyPage" />
      <Boundary>
        <PlacePages />
      </Boundary>
      {/* Before the page itself, which may know better where it was left. */}
      <TopOfPage page={current} />
      <Boundary key={current}>{View && <View />}</Boundary>
    </>
  );
}

/** Another page begins at its top. */
function TopOfPage({ page }: { readonly page: string }) {
  const shown = useRef(page);
  useLayoutEffect(() => {
    if (shown.current !== page) window.scrollTo({ top: 0 });
    shown.current = page;
  }, [page]);
  return null;
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
