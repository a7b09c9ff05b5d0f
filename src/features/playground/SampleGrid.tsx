import { useCallback } from 'react';
import { useApp } from '../../kit/app-context';
import {
  drawSamples,
  fitCanvas,
  misreadSamples,
  shownSamples,
  themeOf,
  tilingFor,
} from '../../kit/draw-samples';
import { SamplePicker } from '../../kit/SamplePicker';
import type { Trajectory } from '../../kit/trajectories';
import { usePictureDrawing } from '../../kit/use-picture-drawing';
import type { Settings } from '../../settings/settings';
import type { ColumnState } from '../../settings/store';
import { FirstPictures } from './FirstPictures';

/** The samples of a column on one canvas, drawn from the frames as they come. */
export function SampleGrid({ column, label }: { column: ColumnState; label: string }) {
  const app = useApp();
  const canvas = usePictureDrawing(
    useCallback(
      (element) => () => {
        const { settings, columns, engine } = app.store.getState();
        const shown = app.trajectories.shown(column.id);
        const verdicts = columns.find(({ id }) => id === column.id)?.verdicts;
        const classes = engine.status === 'ready' ? engine.manifest.classes : [];
        paint(element, { settings, shown, misread: misreadSamples(shown, verdicts, classes) });
      },
      [app, column.id],
    ),
  );

  return (
    <SamplePicker label={label} count={app.trajectories.shown(column.id)?.count ?? 1}>
      <canvas ref={canvas} data-column={column.id} />
      <FirstPictures columnId={column.id} />
    </SamplePicker>
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
  const batch = shownSamples(shown, settings);
  if (!batch) return;
  context.imageSmoothingQuality = 'high';
  const { picked } = settings;
  drawSamples(context, batch, tiling, { ...themeOf(canvas), misread, picked });
}
