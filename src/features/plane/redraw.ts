import { useEffect, useRef } from 'react';

/**
 * Draws a square canvas in the next animation frame after anything has changed that it shows: what
 * the sources tell, the theme, its size. Outside React, which would render the page at every frame.
 *
 * @param sources subscribe a listener and return what ends it; a fixed list
 */
export function useDrawing(
  sources: readonly ((listener: () => void) => () => void)[],
  draw: (canvas: HTMLCanvasElement) => void,
) {
  const ref = useRef<HTMLCanvasElement>(null);
  const latest = useRef({ sources, draw });
  const schedule = useRef(() => {});
  latest.current = { sources, draw };
  useEffect(() => {
    const canvas = ref.current!;
    let request = 0;
    const paint = () => {
      request = 0;
      const side = Math.round(canvas.clientWidth * devicePixelRatio);
      if (side === 0) return;
      if (canvas.width !== side) {
        canvas.width = side;
        canvas.height = side;
      }
      latest.current.draw(canvas);
    };
    schedule.current = () => {
      request ||= requestAnimationFrame(paint);
    };
    const sizes = new ResizeObserver(schedule.current);
    sizes.observe(canvas);
    const themes = new MutationObserver(schedule.current);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const stops = latest.current.sources.map((subscribe) => subscribe(schedule.current));
    return () => {
      cancelAnimationFrame(request);
      sizes.disconnect();
      themes.disconnect();
      for (const stop of stops) stop();
    };
  }, []);
  // Whatever React has drawn anew may show on the canvas too.
  useEffect(() => schedule.current());
  return ref;
}
