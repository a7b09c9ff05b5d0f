import { useLayoutEffect } from 'react';
import { useApp } from '../../kit/app-context';
import { changeSlice } from '../../settings/store';
import { SECTIONS, type SectionId } from './sections';
import { cameFromSlice } from './settings';

/** How long the article must rest before its place goes into the address. */
const PAUSE_MS = 250;

/** Where the article was when it was left, for who comes back by the navigation. */
let leftAt: Place | undefined;

/** A place in the article: how far below the heading of a section the window begins. */
interface Place {
  readonly section: SectionId;
  readonly offset: number;
}

/** Scrolls to a section and moves the focus there. */
export function showSection(id: string): void {
  const heading = document.getElementById(`${id}-title`);
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView();
}

/** The last section whose heading has come into the upper part of the window; at the end, the last. */
export function currentSection(): SectionId {
  const line = window.innerHeight * 0.3;
  const above = SECTIONS.filter((id) => topOf(id) < line);
  const { scrollHeight } = document.documentElement;
  const atEnd = window.scrollY > 0 && window.scrollY + window.innerHeight >= scrollHeight - 2;
  return (atEnd ? SECTIONS : above).at(-1) ?? SECTIONS[0];
}

/**
 * Keeps the place where one reads: the section as the anchor of the address, how far below its
 * heading in the entry of the browser's history. The article opens there, be it after Back, by the
 * navigation or on a reload.
 */
export function usePlaceOnPage(): void {
  const { store } = useApp();
  useLayoutEffect(() => {
    const ofAddress = placeOfAddress();
    const cameFrom = cameFromSlice.of(store.getState().settings);
    const section = ofAddress?.section ?? leftAt?.section ?? cameFrom;
    if (ofAddress?.offset !== undefined) scrollTo(ofAddress as Place);
    else if (!ofAddress && leftAt) scrollTo(leftAt);
    else if (section) showSection(section);
    if (cameFrom) changeSlice(store, cameFromSlice, null);
  }, [store]);

  // Not an effect after painting: what the next page scrolls must not be taken for this one's place.
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = () => {
      const { section, offset } = leftAt ?? { section: '', offset: undefined };
      const { origin, pathname, search } = location;
      const address = `${origin}${pathname}${search}${section && `#${section}`}`;
      history.replaceState({ ...history.state, offset }, '', address);
    };
    const onScroll = () => {
      leftAt = window.scrollY > 0 ? placeNow() : undefined;
      clearTimeout(timer);
      timer = setTimeout(keep, PAUSE_MS);
    };
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      // The article still stands: the next page scrolls later.
      if (window.scrollY > 0) leftAt = placeNow();
      clearTimeout(timer);
      window.removeEventListener('scroll', onScroll);
    };
  }, []);
}

function placeNow(): Place {
  const section = currentSection();
  return { section, offset: -topOf(section) };
}

/** undefined: the address has no anchor of the article. */
function placeOfAddress(): { section: SectionId; offset: number | undefined } | undefined {
  const section = SECTIONS.find((id) => location.hash === `#${id}`);
  const { offset } = (history.state ?? {}) as { offset?: unknown };
  return section && { section, offset: typeof offset === 'number' ? offset : undefined };
}

function scrollTo({ section, offset }: Place): void {
  window.scrollTo({ top: window.scrollY + topOf(section) + offset });
}

/** How far below the window's upper edge a section begins. */
function topOf(id: SectionId): number {
  return document.getElementById(id)?.getBoundingClientRect().top ?? Infinity;
}
