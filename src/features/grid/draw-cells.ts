import type { Frame } from '../../engine/protocol';
import type { App } from '../../kit/feature';
import { type Ink, inkOf, outsideIn, toImage } from '../../kit/paint';
import type { GridRunner } from './runner';

/**
 * Draws the grid's cells, each in the network's own resolution, on the canvases below an element
 * that name their cell (`data-cell`): in the next animation frame after something has changed, and
 * only those that show something else than before. Outside React.
 *
 * @returns what ends it
 */
export function drawCells(
  { store }: Pick<App, 'store'>,
  grid: Pick<GridRunner, 'picture' | 'subscribe'>,
  parent: HTMLElement,
): () => void {
  const drawn = new WeakMap<HTMLCanvasElement, Frame>();
  /** Read anew only where it may have changed: reading a style makes the browser compute it. */
  let ink: Ink | undefined;
  let tinted: boolean | undefined;
  let request = 0;
  const schedule = () => {
    request ||= requestAnimationFrame(() => {
      request = 0;
      draw();
    });
  };
  const draw = () => {
    const { engine, settings } = store.getState();
    if (engine.status !== 'ready') return;
    const { overlay } = settings;
    const anew = !ink || tinted !== overlay;
    ink ??= inkOf(parent);
    tinted = overlay;
    for (const canvas of parent.querySelectorAll<HTMLCanvasElement>('canvas[data-cell]')) {
      const picture = grid.picture(Number(canvas.dataset.cell));
      canvas.toggleAttribute('data-stale', picture?.stale ?? false);
      if (picture?.frame === drawn.get(canvas) && !(picture && anew)) continue;
      const context = canvas.getContext('2d')!;
      const { frame } = picture ?? {};
      // A stage's frames are of its size; the canvas has one on the page.
      const { shape } = frame ?? engine.manifest;
      const [, height, width] = shape;
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      if (!frame) {
        context.clearRect(0, 0, width, height);
        drawn.delete(canvas);
        continue;
      }
      const outside = overlay ? outsideIn(frame, frame.denoised) : undefined;
      context.putImageData(toImage(frame.denoised, 0, shape, ink, outside), 0, 0);
      drawn.set(canvas, frame);
    }
  };
  const themes = new MutationObserver(() => {
    ink = undefined;
    schedule();
  });
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  // The enlarged cell's canvas comes and goes, and names another cell.
  const canvases = new MutationObserver(schedule);
  canvases.observe(parent, { childList: true, subtree: true, attributeFilter: ['data-cell'] });
  const unsubscribe = [store.subscribe(schedule), grid.subscribe(schedule)];
  schedule();
  return () => {
    cancelAnimationFrame(request);
    themes.disconnect();
    canvases.disconnect();
    for (const stop of unsubscribe) stop();
  };
}
