import { useEffect, useRef } from 'react';
import { type Redrawing, redrawOnChange, type Subscribe } from './redraw';

/**
 * Draws a square canvas whenever React renders its component, and after every change that
 * `redrawOnChange` draws it for.
 *
 * @param sources a fixed list
 */
export function useDrawing(
  sources: readonly Subscribe[],
  draw: (canvas: HTMLCanvasElement) => void,
) {
  const ref = useRef<HTMLCanvasElement>(null);
  const latest = useRef({ sources, draw });
  const redrawing = useRef<Redrawing>(undefined);
  latest.current = { sources, draw };
  useEffect(() => {
    const canvas = ref.current!;
    redrawing.current = redrawOnChange(canvas, latest.current.sources, () => {
      const side = Math.round(canvas.clientWidth * devicePixelRatio);
      if (side === 0) return;
      if (canvas.width !== side) {
        canvas.width = side;
        canvas.height = side;
      }
      latest.current.draw(canvas);
    });
    return () => redrawing.current?.stop();
  }, []);
  useEffect(() => redrawing.current?.schedule());
  return ref;
}
