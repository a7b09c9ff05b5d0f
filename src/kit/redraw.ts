import type { App } from './feature';

/**
 * Draws in the next animation frame after anything has changed that a canvas shows: settings,
 * pictures, the theme, its size. Outside React, where every frame of every column would be a render.
 *
 * @returns what ends it
 */
export function redrawOnChange(
  { store, trajectories }: App,
  canvas: HTMLCanvasElement,
  draw: () => void,
): () => void {
  let request = 0;
  const schedule = () => {
    request ||= requestAnimationFrame(() => {
      request = 0;
      draw();
    });
  };
  const sizes = new ResizeObserver(schedule);
  sizes.observe(canvas);
  const themes = new MutationObserver(schedule);
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const unsubscribe = [store.subscribe(schedule), trajectories.subscribe(schedule)];
  schedule();
  return () => {
    cancelAnimationFrame(request);
    sizes.disconnect();
    themes.disconnect();
    for (const stop of unsubscribe) stop();
  };
}
