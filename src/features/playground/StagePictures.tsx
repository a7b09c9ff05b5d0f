import { useCallback } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { inkOf, toImage } from '../../kit/paint';
import { usePictureDrawing } from '../../kit/use-picture-drawing';
import { commonWords } from '../../kit/words/words';
import { lastStepOf, type StageSpan } from '../../settings/sample-settings';
import { type ColumnState, change } from '../../settings/store';
import { useColumnStages } from './column-stages';
import './stages.css';

/** What each stage of a cascade has drawn of the picked sample, all of one size; nothing of a single network. */
export function StagePictures({ column, index }: { column: ColumnState; index: number }) {
  const stages = useColumnStages(index);
  if (stages.length === 1) return null;
  const last = lastStepOf(stages);
  return (
    <ol className="stage-pictures">
      {stages.map((stage, k) => (
        <StagePicture key={stage.first} {...{ column, stage, last }} n={k + 1} />
      ))}
    </ol>
  );
}

interface StagePictureProps {
  readonly column: ColumnState;
  /** Counted from 1. */
  readonly n: number;
  readonly stage: StageSpan;
  /** The run's last step. */
  readonly last: number;
}

function StagePicture({ column, n, stage, last }: StagePictureProps) {
  const app = useApp();
  const { cascade } = useWords(commonWords);
  const [, height, width] = stage.shape;
  const at = stage.first + stage.numSteps;
  const shown = useAppState(({ settings }) => Math.round(settings.position * last) === at);
  const canvas = usePictureDrawing(
    useCallback(
      (element) => () => {
        const context = element.getContext('2d');
        const trajectory = app.trajectories.shown(column.id);
        const { settings, columns } = app.store.getState();
        const frame = trajectory?.frames[at];
        const isStale = columns.find(({ id }) => id === column.id)?.stale;
        element.toggleAttribute('data-stale', isStale ?? false);
        if (!context || !trajectory) return;
        if (frame?.sigma !== 0) {
          context.clearRect(0, 0, element.width, element.height);
          return;
        }
        const [, rows, across] = frame.shape;
        if (element.width !== across) element.width = across;
        if (element.height !== rows) element.height = rows;
        const sample = Math.min(settings.picked, trajectory.count - 1);
        const image = toImage(frame.denoised, sample, frame.shape, inkOf(element));
        context.putImageData(image, 0, 0);
      },
      [app, column.id, at],
    ),
  );
  const size = `${width}×${height}`;
  return (
    <li>
      <button
        type="button"
        aria-label={cascade.picture(n, size)}
        aria-pressed={shown}
        onClick={() => {
          app.store.setState({ playing: false });
          change(app.store, { position: at / last });
        }}
      >
        <canvas ref={canvas} data-stage={n} style={{ aspectRatio: width / height }} />
      </button>
      <span aria-hidden="true">{size}</span>
    </li>
  );
}
