import { useEffect, useRef } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { goOnTour, leaveTour } from './scenes';
import { TOUR, type TourStepId } from './tour';
import { ideaWords } from './words';
import './tour.css';
import { tourSlice } from './settings';

/** What a step points at. */
const TARGETS: Readonly<Record<TourStepId, string>> = {
  noise: '.columns .samples',
  questions: '.columns',
  difference: '.inside .eps',
  scale: '.columns',
  price: '.figures dl',
  saturation: '.column:last-child .samples',
  interval: '.column:last-child',
  yours: '.with-unit',
};

/** The tour's card over the playground: a step at a time, by button or arrow key; Esc ends it. */
export function Tour() {
  const { store } = useApp();
  const words = useWords(ideaWords).tour;
  const tour = useAppState(({ settings }) => tourSlice.of(settings));
  const card = useRef<HTMLElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const step = TOUR[tour - 1];
  const last = tour === TOUR.length;
  const target = step && TARGETS[step.id];

  useEffect(() => next.current?.focus({ preventScroll: true }), []);

  useEffect(() => {
    if (!target) return;
    // What the step points at may come with the run's first picture.
    const timer = setInterval(() => {
      const element = document.querySelector(target);
      if (!element) return;
      clearInterval(timer);
      bringIntoView(element, card.current);
    }, 100);
    return () => clearInterval(timer);
  }, [target]);

  useEffect(() => {
    if (!target) return;
    // A rule rather than an attribute: what it points at is drawn anew all the time. The page's policy
    // lets no style be written into the document.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      `${target} { outline: 3px solid var(--accent); outline-offset: 5px; border-radius: 6px; }`,
    );
    document.adoptedStyleSheets.push(sheet);
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    };
  }, [target]);

  useEffect(() => {
    const onKey = ({ key, target: at }: KeyboardEvent) => {
      // Elsewhere the keys belong to what has the focus.
      if (at !== document.body && !(at instanceof Node && card.current?.contains(at))) return;
      if (key === 'Escape') goOnTour(store, 0);
      if (key === 'ArrowRight' && tour < TOUR.length) goOnTour(store, tour + 1);
      if (key === 'ArrowLeft' && tour > 1) goOnTour(store, tour - 1);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [store, tour]);

  if (!step) return null;
  const { title, text } = words.steps[step.id];
  return (
    <section ref={card} className="tour" aria-label={words.label}>
      <div className="progress">
        <p>{words.progress(tour, TOUR.length)}</p>
        <ol aria-hidden="true">
          {TOUR.map(({ id }, i) => (
            <li key={id} data-done={i < tour} />
          ))}
        </ol>
        <button
          type="button"
          className="quiet"
          aria-label={words.close}
          onClick={() => goOnTour(store, 0)}
        >
          ×
        </button>
      </div>
      <div aria-live="polite">
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      <div className="turns">
        {!last && <small>{words.keys}</small>}
        {last && (
          <button type="button" onClick={() => leaveTour(store)}>
            {words.article}
          </button>
        )}
        <button type="button" disabled={tour === 1} onClick={() => goOnTour(store, tour - 1)}>
          {words.back}
        </button>
        <button
          ref={next}
          type="button"
          className="play"
          onClick={() => goOnTour(store, last ? 0 : tour + 1)}
        >
          {last ? words.done : words.next}
        </button>
      </div>
    </section>
  );
}

/** Scrolls so that the element's upper end is seen, above or beside the card. */
function bringIntoView(element: Element, card: Element | null): void {
  const { top, bottom, height } = element.getBoundingClientRect();
  const room = card ? card.getBoundingClientRect().top : window.innerHeight;
  if (top >= 0 && bottom <= room) return;
  const margin = Math.max(16, (room - height) / 2);
  window.scrollTo({ top: window.scrollY + top - margin });
}
