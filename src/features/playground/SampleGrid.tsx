import { type ReactNode, useEffect, useRef } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import {
  batchOf,
  drawSamples,
  fitCanvas,
  misreadSamples,
  themeOf,
  tilingFor,
} from '../../kit/draw-samples';
import { gridFor } from '../../kit/paint';
import { redrawOnChange } from '../../kit/redraw';
import type { Trajectory } from '../../kit/trajectories';
import { commonWords } from '../../kit/words/words';
import type { Settings } from '../../settings/settings';
import { type ColumnState, change } from '../../settings/store';

/** The samples of a column on one canvas, drawn from the frames as they come. */
export function SampleGrid({ column, label }: { column: ColumnState; label: string }) {
  const app = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);

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

  return (
    <SamplePicker label={label} count={app.trajectories.shown(column.id)?.count ?? 1}>
      <canvas ref={canvas} data-column={column.id} />
    </SamplePicker>
  );
}

interface SamplePickerProps {
  readonly label: string;
  readonly count: number;
  /** The canvas that shows the samples as tiles. */
  readonly children: ReactNode;
}

/** Picks one of the samples on a canvas, by the arrow keys or by a click. */
export function SamplePicker({ label, count, children }: SamplePickerProps) {
  const { store } = useApp();
  const { stage } = useWords(commonWords);
  const picked = useAppState(({ settings }) => settings.picked);
  const subject = useAppState(({ settings }) => settings.subject);
  const at = Math.min(picked, count - 1);
  const name = subject.kind === 'each' ? subject.names[at] : undefined;
  const pick = (sample: number) =>
    change(store, { picked: Math.max(0, Math.min(count - 1, sample)) });
  const { columns, rows } = gridFor(count, subject);
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
      aria-label={`${label}. ${stage.pickedSample}`}
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={at + 1}
      aria-valuetext={name && `${at + 1}: ${name}`}
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
      {children}
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
  const tiling = tilingFor(shown, settings, side);
  const height = fitCanvas(canvas, tiling, side);
  context.clearRect(0, 0, side, height);
  const batch = batchOf(shown, settings);
  if (!batch) return;
  context.imageSmoothingQuality = 'high';
  const { picked } = settings;
  drawSamples(context, batch, tiling, { ...themeOf(canvas), misread, picked });
}
