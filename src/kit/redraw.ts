/** Subscribes a listener. @returns what ends it */
export type Subscribe = (listener: () => void) => () => void;

export interface Redrawing {
  /** Draws in the next animation frame. */
  schedule(): void;
  stop(): void;
}

/**
 * Draws in the next animation frame after anything has changed that a canvas shows: what the sources
 * tell, the theme, its size. Outside React, where every frame of every picture would be a render.
 */
export function redrawOnChange(
  canvas: HTMLCanvasElement,
  sources: readonly Subscribe[],
  draw: () => void,
): Redrawing {
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
  const unsubscribe = sources.map((subscribe) => subscribe(schedule));
  schedule();
  return {
    schedule,
    stop() {
      cancelAnimationFrame(request);
      sizes.disconnect();
      themes.disconnect();
      for (const stop of unsubscribe) stop();
    },
  };
}
