import { useEffect, useRef } from 'react';
import type { Verdicts } from '../engine/protocol';
import type { Settings } from '../state/settings';
import { type ColumnState, change } from '../state/store';
import { frameAt, type Trajectory } from '../state/trajectories';
import { useApp, useAppState, useStrings } from './app-context';
import { gridFor, inkOf, picturesOf, toImage } from './paint';
import { redrawOnChange } from './redraw';

/** Share of a tile left free around each picture. */
const GAP = 0.06;
/** In CSS pixels. */
const LARGEST_GAP = 6;

/** The samples of a column on one canvas, drawn from the frames as they come. */
export function SampleGrid({ column, label }: { column: ColumnState; label: string }) {
  const app = useApp();
  const strings = useStrings();
  const canvas = useRef<HTMLCanvasElement>(null);
  const picked = useAppState(({ settings }) => settings.picked);
  const shown = app.trajectories.shown(column.id);
  const count = shown?.count ?? 1;

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    return redrawOnChange(app, element, () => {
      const { settings, columns, engine } = app.store.getState();
      const shown = app.trajectories.shown(column.id);
      const verdicts = columns.find(({ id }) => id === column.id)?.verdicts;
      const classes = engine.status === 'ready' ? engine.manifest.classes : [];
      paint(element, { settings, shown, misread: misreadSamples(shown, verdicts, classes) });
    });
  }, [app, column.id]);

  const pick = (sample: number) =>
    change(app.store, { picked: Math.max(0, Math.min(count - 1, sample)) });
  const word = useAppState(({ settings }) => settings.subject.kind === 'word');
  const { columns, rows } = gridFor(count, word);
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };

  return (
    <div
      className="samples"
      role="slider"
      tabIndex={0}
      aria-label={`${label}. ${strings.stage.pickedSample}`}
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={Math.min(picked, count - 1) + 1}
      onKeyDown={(event) => {
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        pick(picked + step);
      }}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const x = Math.floor(((event.clientX - box.left) / box.width) * columns);
        const y = Math.floor(((event.clientY - box.top) / box.height) * rows);
        pick(y * columns + x);
      }}
    >
      <canvas ref={canvas} data-column={column.id} />
    </div>
  );
}

interface Scene {
  readonly settings: Settings;
  readonly shown: Trajectory | undefined;
  readonly misread: ReadonlySet<number>;
}

function paint(canvas: HTMLCanvasElement, { settings, shown, misread }: Scene): void {
  const context = canvas.getContext('2d');
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (!context || side === 0) return;
  const frame = shown && frameAt(shown, settings.position);
  const { columns, rows } = gridFor(
    shown?.count ?? settings.count,
    settings.subject.kind === 'word',
  );
  const pictures = frame ? picturesOf(frame, settings.view) : [];
  const aspect = (pictures.length || 1) * (shown ? shown.shape[2] / shown.shape[1] : 1);
  const tile = { width: side / columns, height: side / columns / aspect };
  const height = Math.round(tile.height * rows);
  // Assigning a size clears the canvas, so it is done only where it changes.
  if (canvas.width !== side || canvas.height !== height) {
    canvas.width = side;
    canvas.height = height;
    canvas.style.aspectRatio = `${side} / ${height}`;
  }
  context.clearRect(0, 0, side, height);
  if (!frame || !shown) return;
  const ink = inkOf(canvas);
  const [, pictureHeight, pictureWidth] = shown.shape;
  const buffer = new OffscreenCanvas(pictureWidth, pictureHeight);
  const bufferContext = buffer.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  const accent = getComputedStyle(canvas).getPropertyValue('--accent');
  const gap = Math.max(2, Math.min(LARGEST_GAP * devicePixelRatio, tile.height * GAP));
  for (let i = 0; i < shown.count; i++) {
    const left = (i % columns) * tile.width + gap / 2;
    const top = Math.floor(i / columns) * tile.height + gap / 2;
    const size = { width: tile.width - gap, height: tile.height - gap };
    pictures.forEach((bytes, k) => {
      bufferContext.putImageData(toImage(bytes, i, shown.shape, ink), 0, 0);
      const width = size.width / pictures.length;
      context.drawImage(buffer, left + k * width, top, width, size.height);
    });
    context.fillStyle = accent;
    if (frame.sigma === 0 && misread.has(i)) {
      context.fillRect(left, top + size.height - gap, size.width, gap);
    }
    if (i === settings.picked) {
      context.strokeStyle = accent;
      context.lineWidth = gap / 2;
      context.strokeRect(left, top, size.width, size.height);
    }
  }
}

/** Finished samples that the classifier reads as another class than was asked for. */
function misreadSamples(
  shown: Trajectory | undefined,
  verdicts: Verdicts | undefined,
  classes: readonly string[],
): ReadonlySet<number> {
  const misread = new Set<number>();
  if (!verdicts || verdicts.predicted.length !== shown?.count) return misread;
  shown.names.forEach((name, i) => {
    if (name !== null && classes[verdicts.predicted[i]!] !== name) misread.add(i);
  });
  return misread;
}
