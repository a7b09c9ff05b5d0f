import { useCallback } from 'react';
import { useApp, useAppState } from '../../kit/app-context';
import {
  drawSampleAt,
  drawSamples,
  fitCanvas,
  misreadSamples,
  shownSamples,
  themeOf,
  tilingFor,
} from '../../kit/draw-samples';
import { gridFor } from '../../kit/paint';
import { SamplePicker } from '../../kit/SamplePicker';
import type { Front, Trajectory } from '../../kit/trajectories';
import { usePictureDrawing } from '../../kit/use-picture-drawing';
import type { Settings } from '../../settings/settings';
import type { ColumnState } from '../../settings/store';
import { sampleNames } from '../../settings/subject';
import { FirstPictures } from './FirstPictures';

/** How much is left of pictures that are about to be replaced. */
const STALE_ALPHA = 0.3;

/** The samples of a column on one canvas, drawn from the frames as they come. */
export function SampleGrid({ column, label }: { column: ColumnState; label: string }) {
  const app = useApp();
  const canvas = usePictureDrawing(
    useCallback(
      (element) => () => {
        const { settings, columns, engine } = app.store.getState();
        const shown = app.trajectories.shown(column.id);
        const front = app.trajectories.front(column.id);
        const { verdicts, stale = false } = columns.find(({ id }) => id === column.id) ?? {};
        const classes = engine.status === 'ready' ? engine.manifest.classes : [];
        const misread = misreadSamples(shown, verdicts, classes);
        paint(element, { settings, shown, front, stale, misread });
      },
      [app, column.id],
    ),
  );

  const count = useAppState(({ settings }) => sampleNames(settings).length);
  const subject = useAppState(({ settings }) => settings.subject);
  const { columns, rows } = gridFor(count, subject);
  return (
    <SamplePicker label={label} count={app.trajectories.shown(column.id)?.count ?? 1}>
      {/* As large before the first frame as after it. */}
      <canvas ref={canvas} data-column={column.id} style={{ aspectRatio: columns / rows }} />
      <FirstPictures columnId={column.id} />
    </SamplePicker>
  );
}

interface Scene {
  readonly settings: Settings;
  readonly shown: Trajectory | undefined;
  readonly front: Front | undefined;
  /** The pictures are not those that were asked for: they are dimmed. */
  readonly stale: boolean;
  readonly misread: ReadonlySet<number>;
}

function paint(canvas: HTMLCanvasElement, scene: Scene): void {
  const { settings, shown, front, stale, misread } = scene;
  const context = canvas.getContext('2d');
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (!context || side === 0) return;
  const tiling = tilingFor(shown, settings, side);
  const height = fitCanvas(canvas, tiling, side);
  context.clearRect(0, 0, side, height);
  const batch = shownSamples(shown, settings);
  if (!batch) return;
  context.imageSmoothingQuality = 'high';
  const { picked } = settings;
  const style = { ...themeOf(canvas), misread, picked };
  context.globalAlpha = stale ? STALE_ALPHA : 1;
  drawSamples(context, batch, tiling, style);
  context.globalAlpha = 1;
  const over = front && shownSamples(front.trajectory, settings);
  if (front && over) drawSampleAt(context, over, tiling, front, style);
}
