import type { Frame, Verdicts } from '../engine/protocol';
import type { Settings, View } from '../settings/settings';
import { sampleNames } from '../settings/subject';
import { type Grid, gridFor, type Ink, inkOf, outsideIn, picturesOf, toImage } from './paint';
import { frameAt, type Trajectory } from './trajectories';

/** Share of a tile left free around each picture. */
const GAP = 0.06;
/** In CSS pixels. */
const LARGEST_GAP = 6;

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Where the tiles of a batch lie, in pixels of the canvas. */
export interface Tiling extends Grid {
  readonly tile: { readonly width: number; readonly height: number };
  /** Left free between two pictures. */
  readonly gap: number;
}

/** What is drawn of a batch. */
export interface ShownSamples {
  readonly frame: Frame;
  /** Of the finished pictures: those of an earlier stage are enlarged to it. */
  readonly shape: Trajectory['shape'];
  readonly view: View;
  /** Whether what lies outside [-1, 1] is coloured. */
  readonly overlay: boolean;
  readonly count: number;
}

/** Colours, and what is marked in the accent's. */
export interface DrawStyle {
  readonly ink: Ink;
  readonly accent: string;
  /** Samples that the classifier reads as another class than was asked for. */
  readonly misread: ReadonlySet<number>;
  readonly picked: number | undefined;
}

/** The tiling that fills a canvas of this width; its height follows. */
export function tilingFor(shown: Trajectory | undefined, settings: Settings, side: number): Tiling {
  const grid = gridFor(shown?.count ?? sampleNames(settings).length, settings.subject);
  const pictures = settings.view === 'both' ? 2 : 1;
  const aspect = shown ? (pictures * shown.shape[2]) / shown.shape[1] : 1;
  const tile = { width: side / grid.columns, height: side / grid.columns / aspect };
  const gap = Math.max(2, Math.min(LARGEST_GAP * devicePixelRatio, tile.height * GAP));
  return { ...grid, tile, gap };
}

/** Gives a canvas the tiling's size. @returns its height */
export function fitCanvas(canvas: HTMLCanvasElement, { rows, tile }: Tiling, side: number): number {
  const height = Math.round(tile.height * rows);
  // Assigning a size clears the canvas, so it is done only where it changes.
  if (canvas.width !== side || canvas.height !== height) {
    canvas.width = side;
    canvas.height = height;
    canvas.style.aspectRatio = `${side} / ${height}`;
  }
  return height;
}

/** An element's colours. */
export function themeOf(element: Element): Pick<DrawStyle, 'ink' | 'accent'> {
  return { ink: inkOf(element), accent: getComputedStyle(element).getPropertyValue('--accent') };
}

/** Where a sample's picture lies. */
function placeOf(sample: number, { columns, tile, gap }: Tiling) {
  return {
    left: (sample % columns) * tile.width + gap / 2,
    top: Math.floor(sample / columns) * tile.height + gap / 2,
    width: tile.width - gap,
    height: tile.height - gap,
  };
}

/** The samples that a trajectory shows at the scrubber's position. */
export function shownSamples(
  shown: Trajectory | undefined,
  settings: Settings,
): ShownSamples | undefined {
  const frame = shown && frameAt(shown, settings.position);
  const { view, overlay } = settings;
  return frame && { frame, view, overlay, shape: shown.shape, count: shown.count };
}

/** Draws samples as tiles; the canvas's smoothing is the caller's. */
export function drawSamples(
  context: Context,
  batch: ShownSamples,
  tiling: Tiling,
  { ink, accent, misread, picked }: DrawStyle,
): void {
  const { frame, count } = batch;
  drawTiles(context, tiling, count, imagesOf(batch, ink));
  const { gap } = tiling;
  context.fillStyle = accent;
  for (const i of frame.sigma === 0 ? misread : []) {
    const { left, top, width, height } = placeOf(i, tiling);
    context.fillRect(left, top + height - gap, width, gap);
  }
  if (picked !== undefined && picked < count) markTile(context, tiling, picked, accent);
}

/** Draws one sample of a batch on another sample's tile. */
export function drawSampleAt(
  context: Context,
  batch: ShownSamples,
  tiling: Tiling,
  { from, covers }: { readonly from: number; readonly covers: number },
  { ink, accent }: DrawStyle,
): void {
  const images = imagesOf(batch, ink);
  const { left, top, width, height } = placeOf(covers, tiling);
  context.clearRect(left, top, width, height);
  drawTile(context, { left, top, width, height }, images(from));
  markTile(context, tiling, covers, accent);
}

/** The pictures that stand for a sample, side by side. */
export function imagesOf(
  { frame, view, overlay }: ShownSamples,
  ink: Ink,
): (sample: number) => readonly ImageData[] {
  const pictures = picturesOf(frame, view);
  const outside = pictures.map((bytes) => (overlay ? outsideIn(frame, bytes) : undefined));
  return (sample) =>
    pictures.map((bytes, k) => toImage(bytes, sample, frame.shape, ink, outside[k]));
}

/** Draws what stands for each sample, one or more pictures side by side, on its tile. */
export function drawTiles(
  context: Context,
  tiling: Tiling,
  count: number,
  images: (sample: number) => readonly ImageData[],
): void {
  const buffer = new OffscreenCanvas(1, 1);
  for (let i = 0; i < count; i++) drawTile(context, placeOf(i, tiling), images(i), buffer);
}

/** Draws pictures side by side into a box. */
function drawTile(
  context: Context,
  { left, top, width, height }: ReturnType<typeof placeOf>,
  images: readonly ImageData[],
  buffer = new OffscreenCanvas(1, 1),
): void {
  images.forEach((image, k, { length }) => {
    const at = { left: left + (k * width) / length, top, width: width / length, height };
    drawImage(context, image, at, buffer);
  });
}

/** Draws a picture into a box, as large as the box is. */
export function drawImage(
  context: Context,
  image: ImageData,
  { left, top, width, height }: ReturnType<typeof placeOf>,
  buffer = new OffscreenCanvas(1, 1),
): void {
  if (buffer.width !== image.width) buffer.width = image.width;
  if (buffer.height !== image.height) buffer.height = image.height;
  buffer.getContext('2d')!.putImageData(image, 0, 0);
  context.drawImage(buffer, left, top, width, height);
}

/** Frames a sample's tile. */
export function markTile(context: Context, tiling: Tiling, sample: number, colour: string): void {
  const { left, top, width, height } = placeOf(sample, tiling);
  context.strokeStyle = colour;
  context.lineWidth = tiling.gap / 2;
  context.strokeRect(left, top, width, height);
}

/** Finished samples that the classifier reads as another class than was asked for. */
export function misreadSamples(
  shown: Trajectory | undefined,
  verdicts: Verdicts | undefined,
  classes: readonly string[],
): ReadonlySet<number> {
  return shown && verdicts ? misreadNames(shown.names, verdicts, classes) : new Set();
}

/** Of samples asked for by these names, those that are read as another; none if they are not the ones judged. */
export function misreadNames(
  names: readonly (string | null)[],
  { predicted }: Verdicts,
  classes: readonly string[],
): ReadonlySet<number> {
  const misread = new Set<number>();
  // A judge of things has no class for a prompt.
  if (predicted.length !== names.length || classes.length === 0) return misread;
  names.forEach((name, i) => {
    if (name !== null && classes[predicted[i]!] !== name) misread.add(i);
  });
  return misread;
}
