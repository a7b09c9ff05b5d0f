import { differencePixels, divergingOf } from '../../kit/difference';
import {
  drawSamples,
  drawTiles,
  fitCanvas,
  markTile,
  misreadSamples,
  shownSamples,
  themeOf,
  tilingFor,
} from '../../kit/draw-samples';
import type { App } from '../../kit/feature';
import { picturesOf } from '../../kit/paint';
import type { Pair } from './wipe';

/** Both columns, the first left of the divider. */
export function paintDivided(
  canvas: HTMLCanvasElement,
  { store, trajectories }: App,
  ids: Pair<number>,
  divider: number,
): void {
  const context = canvas.getContext('2d');
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (!context || side === 0) return;
  const { settings, columns, engine } = store.getState();
  const classes = engine.status === 'ready' ? engine.manifest.classes : [];
  const theme = themeOf(canvas);
  const tilings = ids.map((id) => tilingFor(trajectories.shown(id), settings, side));
  const height = Math.max(...tilings.map((tiling) => fitCanvas(canvas, tiling, side)));
  context.clearRect(0, 0, side, height);
  context.imageSmoothingQuality = 'high';
  const middle = Math.round(divider * side);
  ids.forEach((id, k) => {
    const shown = trajectories.shown(id);
    const batch = shownSamples(shown, settings);
    if (!batch) return;
    const verdicts = columns.find((column) => column.id === id)?.verdicts;
    const misread = misreadSamples(shown, verdicts, classes);
    context.save();
    context.beginPath();
    context.rect(k === 0 ? 0 : middle, 0, k === 0 ? middle : side - middle, height);
    context.clip();
    drawSamples(context, batch, tilings[k]!, { ...theme, misread, picked: settings.picked });
    context.restore();
  });
}

/** The second column minus the first, in diverging colours. */
export function paintDifference(canvas: HTMLCanvasElement, app: App, ids: Pair<number>): void {
  const context = canvas.getContext('2d');
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (!context || side === 0) return;
  const { settings } = app.store.getState();
  const tiling = tilingFor(app.trajectories.shown(ids[0]), settings, side);
  const height = fitCanvas(canvas, tiling, side);
  context.clearRect(0, 0, side, height);
  const compared = comparable(app, ids);
  if (!compared) return;
  const { ink, accent } = themeOf(canvas);
  const colours = divergingOf(canvas, ink);
  const { shape, count, pictures } = compared;
  const [, pictureHeight, pictureWidth] = shape;
  context.imageSmoothingQuality = 'high';
  drawTiles(context, tiling, count, (i) =>
    pictures.map(([a, b]) => {
      const rgba = differencePixels(a, b, i, shape, colours);
      return new ImageData(rgba, pictureWidth, pictureHeight);
    }),
  );
  if (settings.picked < count) markTile(context, tiling, settings.picked, accent);
}

/** What two columns show at the scrubber, picture by picture; undefined while they differ in size. */
export function comparable({ store, trajectories }: App, ids: Pair<number>) {
  const { settings } = store.getState();
  const [a, b] = ids.map((id) => shownSamples(trajectories.shown(id), settings));
  if (!a || !b || a.count !== b.count || String(a.frame.shape) !== String(b.frame.shape)) {
    return undefined;
  }
  const other = picturesOf(b.frame, b.view);
  const pictures = picturesOf(a.frame, a.view).map((bytes, k) => [bytes, other[k]!] as const);
  return { shape: a.frame.shape, count: a.count, pictures };
}
