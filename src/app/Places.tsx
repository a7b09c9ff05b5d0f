import { useEffect, useRef } from 'react';
import { useApp, useAppState, useWords } from '../kit/app-context';
import { type Feature, PLACES, type Place } from '../kit/feature';
import { PageLink } from '../kit/PageLink';
import { appWords } from './words';

/** Play, Learn and Lab. A place opens at the page where it was left; every page keeps its settings. */
export function Places() {
  const { features } = useApp();
  const { places } = useWords(appWords);
  const here = usePlace();
  const current = useAppState(({ settings }) => settings.page);
  const lastPages = useRef<Partial<Record<Place, string>>>({});
  useEffect(() => {
    if (here) lastPages.current[here] = current;
  }, [here, current]);
  const pageOf = (place: Place) => lastPages.current[place] ?? pagesIn(features, place)[0]!.id;
  return (
    <nav className="places" aria-label={places.label}>
      {PLACES.map((place) => (
        <PageLink key={place} page={() => pageOf(place)} isCurrent={place === here}>
          {places[place]}
        </PageLink>
      ))}
    </nav>
  );
}

/** The pages of the place, where it has several, and what stands beside their tabs. */
export function PlacePages() {
  const { features } = useApp();
  const words = useWords(appWords);
  const language = useAppState(({ settings }) => settings.language);
  const current = useAppState(({ settings }) => settings.page);
  const here = usePlace();
  if (!here) return null;
  const pages = pagesIn(features, here);
  const beside = pages.flatMap(({ id, page }) => (page?.BesideTabs ? { id, ...page } : []));
  if (pages.length === 1 && beside.length === 0) return null;
  return (
    <nav className="pages" aria-label={words.pages(words.places[here])}>
      {pages.map(({ id, page }) => (
        <PageLink key={id} page={() => id} isCurrent={id === current}>
          {page!.words[language].page}
        </PageLink>
      ))}
      {beside.map(({ id, BesideTabs }) => BesideTabs && <BesideTabs key={id} />)}
    </nav>
  );
}

function usePlace(): Place | undefined {
  const { features } = useApp();
  const current = useAppState(({ settings }) => settings.page);
  return features.find(({ id }) => id === current)?.page?.place;
}

function pagesIn(features: readonly Feature[], place: Place): Feature[] {
  return features.filter(({ page }) => page?.place === place);
}
