import { useCallback } from 'react';
import { useApp, useAppState, useClassWords, useWords } from '../../kit/app-context';
import { drawImage } from '../../kit/draw-samples';
import { inkOf, outsideIn, picturesOf, toImage } from '../../kit/paint';
import { Swatch } from '../../kit/Swatch';
import type { Trajectory } from '../../kit/trajectories';
import { useJudgedClasses } from '../../kit/use-judged-classes';
import { usePictureDrawing } from '../../kit/use-picture-drawing';
import { commonWords } from '../../kit/words/words';
import { percent } from '../../settings/numbers';
import { lastStepOf, type StageSpan } from '../../settings/sample-settings';
import type { View } from '../../settings/settings';
import { shortNumber } from '../../settings/short-text';
import { type ColumnState, change, selectColumn } from '../../settings/store';
import { useColumnStages } from './column-stages';

/** As many thumbnails as are still told apart. */
const MOST_THUMBNAILS = 17;
/** Share of a thumbnail's width that is free beside it. */
const GAP = 0.06;
/** In CSS pixels: the thumbnails of few steps do not grow giant. */
const LARGEST_THUMBNAIL = 68;

/** The picked sample's way from noise to picture, a strip for each column. */
export function Filmstrips({ headings }: { headings: readonly string[] }) {
  const { timeline } = useWords(commonWords);
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

interface FilmstripProps {
  readonly column: ColumnState;
  readonly index: number;
  readonly heading: string;
}

function Filmstrip({ column, index, heading }: FilmstripProps) {
  const { trajectories } = useApp();
  const { figures } = useWords(commonWords);
  const wordsOf = useClassWords();
  const picked = useAppState(({ settings }) => settings.picked);
  const classes = useJudgedClasses();
  const trajectory = trajectories.shown(column.id);
  const expected = useColumnStages(index);
  const pictures = useAppState(({ settings }) => (settings.view === 'both' ? 2 : 1));
  const stages = trajectory?.stages ?? expected;
  const across = thumbnailSteps(stages).length;
  const sample = Math.min(picked, (trajectory?.count ?? 1) - 1);
  const { verdicts } = column;
  const verdict = trajectory?.finished ? verdicts?.predicted[sample] : undefined;
  const readAs = verdict === undefined ? undefined : classes[verdict];
  // No line break between the number and its sign.
  const confidence = percent(verdicts?.confidence[sample] ?? 0).replace(' ', '\u00a0');
  return (
    <div className="filmstrip">
      <h4>
        <Swatch index={index} />
        {heading}
        {readAs !== undefined && <small>{figures.readAs(wordsOf(readAs).name, confidence)}</small>}
      </h4>
      <div
        className="strip"
        // As large before the first frame as after it.
        style={{ maxWidth: across * LARGEST_THUMBNAIL, aspectRatio: across / pictures }}
      >
        <StripCanvas column={column} />
        {trajectory && <StripButtons trajectory={trajectory} index={index} />}
      </div>
    </div>
  );
}

/** A button over each thumbnail; one of them is in the tab order, the one nearest to the scrubber. */
function StripButtons({ trajectory, index }: { trajectory: Trajectory; index: number }) {
  const { store } = useApp();
  const { timeline } = useWords(commonWords);
  const { lastStep, frames, stages } = trajectory;
  const steps = thumbnailSteps(stages);
  const nearest = useAppState(({ settings }) => nearestStep(steps, settings.position * lastStep));
  return (
    <ol
      onKeyDown={(event) => {
        const move = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        const at = steps.indexOf(nearest ?? 0) + move;
        if (move === 0 || at < 0 || at >= steps.length) return;
        event.preventDefault();
        event.currentTarget.querySelectorAll('button')[at]?.focus();
        change(store, { position: steps[at]! / lastStep });
      }}
    >
      {steps.map((step) => (
        <li key={step} data-begins={step > 0 && stages.some(({ first }) => first === step)}>
          <button
            type="button"
            tabIndex={step === nearest ? 0 : -1}
            aria-label={timeline.frame(step, frames[step] ? shortNumber(frames[step].sigma) : '…')}
            aria-pressed={step === nearest}
            onClick={() => {
              selectColumn(store, index);
              store.setState({ playing: false });
              change(store, { position: step / lastStep });
            }}
          />
        </li>
      ))}
    </ol>
  );
}

/** All thumbnails on one canvas, each drawn once as its frame arrives. */
function StripCanvas({ column }: { column: ColumnState }) {
  const app = useApp();
  const canvas = usePictureDrawing(
    useCallback(
      (element) => {
        let drawn: { key: string; frames: number; trajectory: Trajectory } | undefined;
        return () => {
          const trajectory = app.trajectories.shown(column.id);
          const { settings } = app.store.getState();
          if (!trajectory) return;
          const { picked: sample, view, overlay } = settings;
          const look = { sample, view, overlay };
          const { stages, frames } = trajectory;
          const key = JSON.stringify({ ...look, stages, ink: inkOf(element) });
          const goesOn =
            drawn?.key === key && drawn.trajectory === trajectory && drawn.frames <= frames.length;
          const from = goesOn && drawn ? drawn.frames : 0;
          paintStrip(element, trajectory, { ...look, from, fresh: !goesOn });
          drawn = { key, frames: frames.length, trajectory };
        };
      },
      [app, column.id],
    ),
  );

  return <canvas ref={canvas} />;
}

interface StripLook {
  readonly sample: number;
  readonly view: View;
  readonly overlay: boolean;
  /** First frame that is not drawn yet. */
  readonly from: number;
  /** Whether everything is drawn anew. */
  readonly fresh: boolean;
}

function paintStrip(canvas: HTMLCanvasElement, trajectory: Trajectory, look: StripLook): void {
  const context = canvas.getContext('2d');
  const { shape, frames, count, stages } = trajectory;
  const [, height, width] = shape;
  const steps = thumbnailSteps(stages);
  const pitch = Math.round(width * (1 + GAP));
  const rows = look.view === 'both' ? 2 : 1;
  if (!context) return;
  if (look.fresh) {
    canvas.width = pitch * steps.length;
    canvas.height = height * rows;
  }
  context.imageSmoothingEnabled = false;
  const ink = inkOf(canvas);
  steps.forEach((step, i) => {
    const frame = frames[step];
    if (!frame || step < look.from) return;
    picturesOf(frame, look.view).forEach((bytes, k) => {
      const sample = Math.min(look.sample, count - 1);
      const outside = look.overlay ? outsideIn(frame, bytes) : undefined;
      const image = toImage(bytes, sample, frame.shape, ink, outside);
      drawImage(context, image, { left: i * pitch, top: k * height, width, height });
    });
  });
}

/** Evenly spread steps of each stage, its first and what it has drawn among them. */
export function thumbnailSteps(stages: readonly StageSpan[]): number[] {
  const frames = lastStepOf(stages) + 1;
  const share = Math.min(1, MOST_THUMBNAILS / frames);
  return stages.flatMap(({ first, numSteps }) => {
    const thumbnails = Math.max(2, Math.round(share * (numSteps + 1)));
    return Array.from(
      { length: thumbnails },
      (_, i) => first + Math.round((i * numSteps) / (thumbnails - 1)),
    );
  });
}

function nearestStep(steps: readonly number[], current: number): number | undefined {
  return steps.toSorted((a, b) => Math.abs(a - current) - Math.abs(b - current))[0];
}
