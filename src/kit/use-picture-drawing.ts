import { useEffect, useRef } from 'react';
import { useApp } from './app-context';
import { redrawOnChange } from './redraw';

/**
 * A canvas that is drawn after every change of the settings and of the columns' pictures.
 *
 * @param start is told the canvas once, and again when it is another function; returns what draws it
 */
export function usePictureDrawing(start: (canvas: HTMLCanvasElement) => () => void) {
  const { store, trajectories } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current) return;
    const sources = [
      (listener: () => void) => store.subscribe(listener),
      (listener: () => void) => trajectories.subscribe(listener),
    ];
    const { stop } = redrawOnChange(canvas.current, sources, start(canvas.current));
    return stop;
  }, [store, trajectories, start]);
  return canvas;
}
