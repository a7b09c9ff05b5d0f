import { useEffect, useRef } from 'react';
import { useApp } from '../../../kit/app-context';
import { inkOf, picturesOf, toImage } from '../../../kit/paint';
import { redrawOnChange } from '../../../kit/redraw';
import type { FilmPictures, FilmTake } from '../../../kit/services';
import { frameAt } from '../../../kit/trajectories';
import { placeOf } from './rail-axis';

/** Pictures may cover each other by this share of their width. */
const OVERLAP = 0.1;

/** The picked sample at every scale that is there, each above its scale, as the time rail has it. */
export function RailPictures({ film }: { readonly film: FilmPictures }) {
  const { store } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const sources = [
      (listener: () => void) => store.subscribe(listener),
      (listener: () => void) => film.subscribe(listener),
    ];
    const { stop } = redrawOnChange(element, sources, () => {
      const { settings } = store.getState();
      const handles = settings.columns.map(({ guidanceScale }) => guidanceScale);
      paint(element, film.pickedTakes(), handles, settings.position, settings.picked);
    });
    return stop;
  }, [store, film]);
  return <canvas ref={canvas} className="rail-pictures" />;
}

function paint(
  canvas: HTMLCanvasElement,
  takes: readonly FilmTake[],
  handles: readonly number[],
  position: number,
  picked: number,
): void {
  const context = canvas.getContext('2d');
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (!context || width === 0) return;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.clearRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  const ink = inkOf(canvas);
  const colour = getComputedStyle(canvas).getPropertyValue('--accent');
  const buffer = new OffscreenCanvas(1, 1);
  const bufferContext = buffer.getContext('2d')!;
  const taken: number[] = [];
  // Where there is not room for all, the handles' own scales come first.
  const isHandle = ({ scale }: FilmTake) => Number(handles.includes(scale));
  for (const take of takes.toSorted((a, b) => isHandle(b) - isHandle(a))) {
    const { trajectory, scale, byStudent } = take;
    const frame = frameAt(trajectory, position);
    const left = Math.min(Math.max(placeOf(scale) * width - height / 2, 0), width - height);
    if (!frame || taken.some((other) => Math.abs(other - left) < height * (1 - OVERLAP))) continue;
    taken.push(left);
    const [, rows, columns] = frame.shape;
    buffer.width = columns;
    buffer.height = rows;
    const sample = Math.min(picked, trajectory.count - 1);
    const image = toImage(picturesOf(frame, 'estimate')[0]!, sample, frame.shape, ink);
    bufferContext.putImageData(image, 0, 0);
    context.drawImage(buffer, left, 0, height, height);
    if (byStudent) mark(context, left + height, colour);
  }
  canvas.dataset.takes = String(takes.length);
  canvas.dataset.byStudent = String(takes.filter(({ byStudent }) => byStudent).length);
}

/** A dot in the upper right corner. */
function mark(context: CanvasRenderingContext2D, right: number, colour: string): void {
  const radius = 2.5 * devicePixelRatio;
  context.fillStyle = colour;
  context.beginPath();
  context.arc(right - 2 * radius, 2 * radius, radius, 0, 2 * Math.PI);
  context.fill();
}
