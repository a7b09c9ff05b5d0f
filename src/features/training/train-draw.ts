import type { MixtureComponent } from '../../diffusion/worlds/analytic';
import { type Colour, css, type PlaneColours } from '../../kit/plane/draw';
import { VIEW_HALF } from '../../kit/plane/settings';
import type { LearntField } from './run';

/** Which arrows: towards the estimate with the class, without it, or the difference of the two. */
export type FieldKind = 'cond' | 'uncond' | 'difference';

/** The mean length of the exact arrows is about this share of the distance between two of them. */
const MEAN_LENGTH = 0.55;
/** What is seen of an arrow where there are no data. */
const FAINT = 0.14;

/** The network's arrows over the exact ones, which are broad and soft: where they agree, they lie inside. */
export function drawField(
  context: CanvasRenderingContext2D,
  field: LearntField,
  kind: FieldKind,
  data: readonly MixtureComponent[],
  colours: PlaneColours,
  colour: Colour,
): void {
  const { canvas } = context;
  context.clearRect(0, 0, canvas.width, canvas.height);
  drawData(context, data, field.half, colours);
  const { points, condDensity, uncondDensity } = field;
  const density = kind === 'cond' ? condDensity : uncondDensity;
  const exact = arrowsOf(field, kind, field.exactCond, field.exactUncond);
  const learnt = arrowsOf(field, kind, field.cond, field.uncond);
  const count = points.length / 2;
  let mean = 0;
  for (let i = 0; i < count; i++) {
    mean += Math.hypot(exact[2 * i]!, exact[2 * i + 1]!) / count;
  }
  const place = placer(context, field.half);
  const cell = canvas.width / Math.sqrt(count);
  const pixel = canvas.clientWidth ? canvas.width / canvas.clientWidth : 1;
  context.lineCap = 'round';
  for (let i = 0; i < count; i++) {
    const alpha = FAINT + (1 - FAINT) * Math.sqrt(density[i]!);
    const [x, y] = place(points[2 * i]!, points[2 * i + 1]!);
    const line = (arrows: Float32Array, head: boolean) => {
      const [dx, dy] = [arrows[2 * i]!, -arrows[2 * i + 1]!];
      const length = Math.hypot(dx, dy);
      if (!(length > 0)) return;
      const drawn = 0.95 * cell * Math.tanh((MEAN_LENGTH * length) / mean);
      const [ux, uy] = [dx / length, dy / length];
      const [tipX, tipY] = [x + ux * drawn, y + uy * drawn];
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(tipX, tipY);
      if (head) {
        const barb = Math.min(0.18 * cell, 0.6 * drawn);
        context.moveTo(tipX - barb * (ux - 0.6 * uy), tipY - barb * (uy + 0.6 * ux));
        context.lineTo(tipX, tipY);
        context.lineTo(tipX - barb * (ux + 0.6 * uy), tipY - barb * (uy - 0.6 * ux));
      }
      context.stroke();
    };
    context.strokeStyle = css(colours.ink, 0.3 * alpha);
    context.lineWidth = 4.5 * pixel;
    line(exact, false);
    context.strokeStyle = css(colour, alpha);
    context.lineWidth = 1.4 * pixel;
    line(learnt, true);
  }
}

function arrowsOf(
  { points }: LearntField,
  kind: FieldKind,
  cond: Float32Array,
  uncond: Float32Array,
): Float32Array {
  switch (kind) {
    case 'cond':
      return cond.map((value, i) => value - points[i]!);
    case 'uncond':
      return uncond.map((value, i) => value - points[i]!);
    case 'difference':
      return cond.map((value, i) => value - uncond[i]!);
    default:
      return kind satisfies never;
  }
}

/** Samples as dots over the data that they should be like. */
export function drawCloud(
  context: CanvasRenderingContext2D,
  x: Float32Array,
  data: readonly MixtureComponent[],
  colours: PlaneColours,
  colour: Colour,
): void {
  const { canvas } = context;
  context.clearRect(0, 0, canvas.width, canvas.height);
  drawData(context, data, VIEW_HALF, colours);
  const place = placer(context, VIEW_HALF);
  const pixel = canvas.clientWidth ? canvas.width / canvas.clientWidth : 1;
  context.fillStyle = css(colour, 0.65);
  for (let i = 0; i < x.length; i += 2) {
    context.beginPath();
    context.arc(...place(x[i]!, x[i + 1]!), 1.7 * pixel, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Each Gaussian as a disc of one and a ring of two standard deviations. */
function drawData(
  context: CanvasRenderingContext2D,
  data: readonly MixtureComponent[],
  half: number,
  { classes }: PlaneColours,
): void {
  const place = placer(context, half);
  const scale = context.canvas.width / (2 * half);
  for (const { classLabel, mean, std } of data) {
    const colour = classes[classLabel % classes.length]!;
    for (const [radius, alpha] of [
      [2, 0.08],
      [1, 0.12],
    ] as const) {
      context.beginPath();
      context.arc(...place(mean[0]!, mean[1]!), radius * std * scale, 0, 2 * Math.PI);
      context.fillStyle = css(colour, alpha);
      context.fill();
    }
  }
}

/** From the plane to the canvas, which shows [-half, half]². */
function placer({ canvas: { width } }: CanvasRenderingContext2D, half: number) {
  const scale = width / (2 * half);
  return (x: number, y: number): [number, number] => [(x + half) * scale, (half - y) * scale];
}
