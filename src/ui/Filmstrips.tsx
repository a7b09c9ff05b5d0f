import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { View } from '../state/settings';
import { type ColumnState, change, selectColumn } from '../state/store';
import type { Trajectory } from '../state/trajectories';
import { useApp, useAppState, useStrings } from './app-context';
import { compact } from './describe';
import { inkOf, picturesOf, toImage } from './paint';

/** As many thumbnails as are still told apart. */
const MOST_THUMBNAILS = 17;

/** The picked sample's way from noise to picture, a strip for each column. */
export function Filmstrips({ headings }: { headings: readonly string[] }) {
  const { timeline } = useStrings();
  const columns = useAppState((state) => state.columns);
  const picked = useAppState(({ settings }) => settings.picked);
  return (
    <section className="filmstrips" aria-label={timeline.filmstrip(picked + 1)}>
      {columns.map((column, index) => (
        <Filmstrip key={column.id} column={column} index={index} heading={headings[index] ?? ''} />
      ))}
    </section>
  );
}

function Filmstrip({
  column,
  index,
  heading,
}: {
  column: ColumnState;
  index: number;
  heading: string;
}) {
  const { store, trajectories } = useApp();
  const { timeline, figures } = useStrings();
  const picked = useAppState(({ settings }) => settings.picked);
  const view = useAppState(({ settings }) => settings.view);
  const position = useAppState(({ settings }) => settings.position);
  const classes = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.classes : undefined,
  );
  useSyncExternalStore(
    (listener) => trajectories.subscribe(listener),
    () => `${trajectories.shown(column.id)?.frames.length ?? 0}`,
  );
  const trajectory = trajectories.shown(column.id);
  const sample = Math.min(picked, (trajectory?.count ?? 1) - 1);
  const { verdicts } = column;
  const verdict = trajectory?.finished && verdicts?.predicted[sample];
  const current = trajectory && Math.round(position * trajectory.numSteps);
  const steps = trajectory ? thumbnailSteps(trajectory) : [];
  const nearest = nearestStep(steps, current);
  return (
    <div className="filmstrip">
      <h4>
        {heading}
        {typeof verdict === 'number' && classes && (
          <small>
            {figures.readAs(
              classes[verdict] ?? '?',
              `${Math.round(100 * (verdicts?.confidence[sample] ?? 0))} %`,
            )}
          </small>
        )}
      </h4>
      <ol>
        {trajectory &&
          steps.map((step) => {
            const frame = trajectory.frames[step];
            return (
              <li key={step}>
                {frame && (
                  <button
                    type="button"
                    tabIndex={step === nearest ? 0 : -1}
                    aria-label={timeline.frame(step, compact(frame.sigma))}
                    aria-pressed={step === nearest}
                    onClick={() => {
                      selectColumn(store, index);
                      store.setState({ playing: false });
                      change(store, { position: step / trajectory.numSteps });
                    }}
                  >
                    <Thumbnail {...{ trajectory, step, sample, view }} />
                  </button>
                )}
              </li>
            );
          })}
      </ol>
    </div>
  );
}

interface ThumbnailProps {
  readonly trajectory: Trajectory;
  readonly step: number;
  readonly sample: number;
  readonly view: View;
}

function Thumbnail({ trajectory, step, sample, view }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useAppState(({ settings }) => settings.theme);
  useEffect(() => {
    void theme; // ink and paper change with it
    const context = canvas.current?.getContext('2d');
    const frame = trajectory.frames[step];
    if (!canvas.current || !context || !frame) return;
    const [, height, width] = trajectory.shape;
    const pictures = picturesOf(frame, view);
    canvas.current.width = width;
    canvas.current.height = height * pictures.length;
    const ink = inkOf(canvas.current);
    pictures.forEach((bytes, k) => {
      context.putImageData(toImage(bytes, sample, trajectory.shape, ink), 0, k * height);
    });
  }, [trajectory, step, sample, view, theme]);
  return <canvas ref={canvas} />;
}

/** Evenly spread steps, the first and the last among them. */
function thumbnailSteps({ numSteps }: Trajectory): number[] {
  const thumbnails = Math.min(MOST_THUMBNAILS, numSteps + 1);
  return Array.from({ length: thumbnails }, (_, i) =>
    Math.round((i * numSteps) / (thumbnails - 1)),
  );
}

function nearestStep(steps: readonly number[], current: number | undefined): number | undefined {
  if (current === undefined) return undefined;
  return steps.toSorted((a, b) => Math.abs(a - current) - Math.abs(b - current))[0];
}
