import { contour, type GriddedDensity, type Promised } from '../../diffusion/worlds/plane/density';
import type { ScoreField } from '../../diffusion/worlds/plane/score-field';

export type Colour = readonly [red: number, green: number, blue: number];

/** The page's colours, from custom properties (`r g b`). */
export interface PlaneColours {
  readonly paper: Colour;
  readonly ink: Colour;
  /** Classes A, B and C: told apart with any colour vision, in both themes. */
  readonly classes: readonly Colour[];
  readonly accent: Colour;
}

export function coloursOf(element: Element): PlaneColours {
  const style = getComputedStyle(element);
  const read = (name: string): Colour => {
    const [r = 0, g = 0, b = 0] = style.getPropertyValue(name).trim().split(/\s+/).map(Number);
    return [r, g, b];
  };
  return {
    paper: read('--paper'),
    ink: read('--ink'),
    classes: ['--class-a', '--class-b', '--class-c'].map(read),
    accent: read('--guided'),
  };
}

export function css([r, g, b]: Colour, alpha = 1): string {
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}

/**
 * Data of this width keeps its size on the page at every noise level: x is shown as
 * x / sqrt(1 + sigma²/SPREAD²), so that noise of any level stays in view: 99.5 % of it within
 * VIEW_HALF (of 2 for SPREAD: 88 %).
 */
const SPREAD = 1.25;

export function shrink(sigma: number): number {
  return 1 / Math.sqrt(1 + (sigma / SPREAD) ** 2);
}

/** A density as a picture of its whole grid: paper to the colour, and beyond it to ink. */
export function heatMap(
  { grid, values }: GriddedDensity,
  { paper, ink }: PlaneColours,
  colour: Colour,
): OffscreenCanvas {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  return picture(grid.size, grid.size, (column, row) => {
    const t = values[row * grid.size + column]! / largest;
    return ramp(t, paper, colour, ink);
  });
}

/**
 * Draws a picture of the square around the origin at its place, and paper around it.
 *
 * @param reach half the picture's width, in units of the plane
 * @param half half the width of what the canvas shows
 */
export function drawHeatMap(
  context: CanvasRenderingContext2D,
  map: OffscreenCanvas,
  reach: number,
  paper: Colour,
  half: number,
): void {
  const { width, height } = context.canvas;
  context.fillStyle = css(paper);
  context.fillRect(0, 0, width, height);
  const side = (reach / half) * width;
  const corner = (width - side) / 2;
  context.drawImage(map, corner, corner, side, side);
}

/** Light values are lifted, so that the tails are seen; the last part of the way turns towards ink. */
function ramp(t: number, paper: Colour, colour: Colour, ink: Colour): Colour {
  const strength = t ** 0.6;
  const first = mixed(paper, colour, Math.min(1, strength * 0.85));
  return mixed(first, ink, Math.max(0, strength - 0.75) * 0.5);
}

export function mixed(a: Colour, b: Colour, t: number): Colour {
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
}

/** A picture made pixel by pixel. */
export function picture(
  width: number,
  height: number,
  colourAt: (column: number, row: number) => Colour,
): OffscreenCanvas {
  const image = new ImageData(width, height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 4) {
      const [r, g, b] = colourAt(column, row);
      image.data[i] = r;
      image.data[i + 1] = g;
      image.data[i + 2] = b;
      image.data[i + 3] = 255;
    }
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas;
}

/** The boundary of the region that holds most of the density. */
export function drawRegion(
  context: CanvasRenderingContext2D,
  { density, level }: Promised,
  colour: Colour,
  half: number,
): void {
  const lines = contour(density, level);
  const at = placer(context, half);
  context.beginPath();
  for (let i = 0; i < lines.length; i += 4) {
    context.moveTo(...at(lines[i]!, lines[i + 1]!));
    context.lineTo(...at(lines[i + 2]!, lines[i + 3]!));
  }
  context.strokeStyle = css(colour, 0.9);
  context.lineWidth = lineWidth(context, 1.5);
  context.stroke();
}

/** Where the particles of a run stand between two noise levels. */
export interface Moment {
  /** [numSteps + 1, count, 2] */
  readonly xs: Float32Array;
  readonly count: number;
  readonly sigmas: Float64Array;
  /** Steps done, a fraction of the next one included: 0 … numSteps. */
  readonly at: number;
}

/** The positions of all particles, as they are shown; between two steps on the line between them. */
export function placesAt({ xs, count, sigmas, at }: Moment): Float32Array {
  const step = Math.min(Math.floor(at), sigmas.length - 2);
  const share = at - step;
  const p = shrink(sigmas[step]!) * (1 - share);
  const q = shrink(sigmas[step + 1]!) * share;
  const out = new Float32Array(2 * count);
  const from = step * 2 * count;
  const to = from + 2 * count;
  for (let i = 0; i < out.length; i++) out[i] = p * xs[from + i]! + q * xs[to + i]!;
  return out;
}

/**
 * The particles as small squares: 10,000 discs would take longer than a frame.
 *
 * @returns how many of them lie on the canvas
 */
export function drawParticles(
  context: CanvasRenderingContext2D,
  places: Float32Array,
  colour: Colour,
  half: number,
): number {
  const { width } = context.canvas;
  const side = Math.max(1, Math.round(width / 420));
  const scale = width / (2 * half);
  let inside = 0;
  // Fewer are drawn darker, so that the cloud keeps its weight.
  const alpha = Math.min(0.9, 0.28 + 900 / places.length);
  context.fillStyle = css(colour, alpha);
  for (let i = 0; i < places.length; i += 2) {
    const x = (places[i]! + half) * scale;
    const y = (half - places[i + 1]!) * scale;
    if (!(x >= 0 && x <= width && y >= 0 && y <= width)) continue;
    inside++;
    context.fillRect(x - side / 2, y - side / 2, side, side);
  }
  return inside;
}

/** The way of the first particles so far, and where they are. */
export function drawPaths(
  context: CanvasRenderingContext2D,
  moment: Moment,
  places: Float32Array,
  paths: number,
  colours: PlaneColours,
  half: number,
): void {
  const { xs, count, sigmas, at } = moment;
  const place = placer(context, half);
  const done = Math.min(Math.floor(at), sigmas.length - 1);
  const shown = Math.min(paths, count);
  context.beginPath();
  for (let k = 0; k < shown; k++) {
    for (let step = 0; step <= done; step++) {
      const a = shrink(sigmas[step]!);
      const i = 2 * (step * count + k);
      const point = place(a * xs[i]!, a * xs[i + 1]!);
      if (step === 0) context.moveTo(...point);
      else context.lineTo(...point);
    }
    context.lineTo(...place(places[2 * k]!, places[2 * k + 1]!));
  }
  context.lineJoin = 'round';
  // Paper below ink: seen on light and on dark parts of the map.
  context.strokeStyle = css(colours.paper, 0.75);
  context.lineWidth = lineWidth(context, 3);
  context.stroke();
  context.strokeStyle = css(colours.ink, 0.9);
  context.lineWidth = lineWidth(context, 1.1);
  context.stroke();
  const radius = lineWidth(context, 3);
  for (let k = 0; k < shown; k++) {
    context.beginPath();
    context.arc(...place(places[2 * k]!, places[2 * k + 1]!), radius, 0, 2 * Math.PI);
    context.fillStyle = css(colours.ink);
    context.fill();
    context.strokeStyle = css(colours.paper);
    context.lineWidth = lineWidth(context, 1);
    context.stroke();
  }
}

/** Arrows a side. */
const ARROWS = 17;

/** The points that arrows start from, in sigma units: where the shrunk plane shows a regular grid. */
export function arrowPoints(sigma: number, half: number): Float32Array {
  const points = new Float32Array(2 * ARROWS * ARROWS);
  const side = (2 * half) / ARROWS;
  for (let i = 0; i < ARROWS * ARROWS; i++) {
    points[2 * i] = ((i % ARROWS) + 0.5) * side - half;
    points[2 * i + 1] = half - (Math.floor(i / ARROWS) + 0.5) * side;
  }
  const a = shrink(sigma);
  return points.map((value) => value / a);
}

/**
 * Scores as arrows. Their lengths compare within a picture: the conditional score's mean length is
 * half the distance between two arrows, and a longer one grows ever more slowly.
 */
export function drawArrows(
  context: CanvasRenderingContext2D,
  sigma: number,
  points: Float32Array,
  field: ScoreField,
  shown: readonly (readonly [keyof ScoreField, Colour])[],
  half: number,
): void {
  const { cond } = field;
  let mean = 0;
  for (let i = 0; i < cond.length; i += 2) mean += Math.hypot(cond[i]!, cond[i + 1]!);
  mean /= cond.length / 2;
  const a = shrink(sigma);
  const place = placer(context, half);
  const cell = context.canvas.width / ARROWS;
  const head = 0.16 * cell;
  context.lineCap = 'round';
  for (const [name, colour] of shown) {
    const score = field[name];
    context.beginPath();
    for (let i = 0; i < score.length; i += 2) {
      const [dx, dy] = [score[i]!, -score[i + 1]!];
      const length = Math.hypot(dx, dy);
      if (!(length > 0)) continue;
      const drawn = cell * 0.95 * Math.tanh((0.6 * length) / mean);
      const [ux, uy] = [dx / length, dy / length];
      const [x, y] = place(a * points[i]!, a * points[i + 1]!);
      const [tipX, tipY] = [x + ux * drawn, y + uy * drawn];
      const barb = Math.min(head, drawn * 0.6);
      context.moveTo(x, y);
      context.lineTo(tipX, tipY);
      context.moveTo(tipX - barb * (ux - 0.6 * uy), tipY - barb * (uy + 0.6 * ux));
      context.lineTo(tipX, tipY);
      context.lineTo(tipX - barb * (ux + 0.6 * uy), tipY - barb * (uy - 0.6 * ux));
    }
    context.strokeStyle = css(colour);
    context.lineWidth = lineWidth(context, 1.4);
    context.stroke();
  }
}

/** A length in pixels of the page, on a canvas of whatever resolution. */
function lineWidth({ canvas }: CanvasRenderingContext2D, pixels: number): number {
  return pixels * (canvas.clientWidth ? canvas.width / canvas.clientWidth : 1);
}

/** From the plane to a canvas that shows [-half, half]². */
function placer({ canvas: { width } }: CanvasRenderingContext2D, half: number) {
  const scale = width / (2 * half);
  return (x: number, y: number): [number, number] => [(x + half) * scale, (half - y) * scale];
}
