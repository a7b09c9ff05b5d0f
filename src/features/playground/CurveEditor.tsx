import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { Select } from '../../kit/Select';
import { useDrag } from '../../kit/Slider';
import { useScaleOffset } from '../../kit/use-scale-offset';
import { CHOICES, LIMITS } from '../../settings/column';
import { type Course, courseOf, curveScale, flattened, stroked } from '../../settings/curve';
import { shortNumber } from '../../settings/short-text';
import { changeColumn } from '../../settings/store';
import './curve.css';
import { commonWords } from '../../kit/words/words';
import { playgroundWords } from './words';

const { min: MIN, max: MAX, step: TENTH } = LIMITS.guidanceScale;
const DRAWN = 'drawn';
/** Height of the mark under the step that the keys change. */
const MARK = 0.5;

/** How the active column's guidance goes over its steps: a shape, or a curve drawn by hand. */
export function OverTheSteps() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const { curve: words } = useWords(playgroundWords);
  const active = useAppState(({ settings }) => settings.columns[settings.active]!);
  // There the axis gives every cell its scale, and a curve that was drawn waits.
  const scaled = useAppState(
    ({ settings: { layout, gridRows, gridColumns } }) =>
      layout === 'grid' && [gridRows.key, gridColumns.key].includes('scale'),
  );
  const column = scaled ? { ...active, curve: null } : active;
  const steering = useAppState((state) => state.steering);
  const engine = useAppState((state) => state.engine);
  if (engine.status !== 'ready') return null;
  const { curve, shape, interval, numSteps } = column;
  const { manifest } = engine;
  const course = courseOf(column, manifest);
  // The scales of the steps taken, and the one set now for those to come.
  const steered =
    steering &&
    Array.from({ length: numSteps }, (_, i) => steering.scales[i] ?? steering.guidanceScale);
  return (
    <>
      <Select
        label={controls.shape}
        value={curve ? DRAWN : shape}
        entries={
          scaled ? CHOICES.shape : [...CHOICES.shape, { id: DRAWN, label: words.drawn } as const]
        }
        onChange={(id) =>
          changeColumn(
            store,
            id === DRAWN
              ? { curve: course.scales.map(curveScale) }
              : scaled
                ? { shape: id }
                : { shape: id, curve: null },
          )
        }
      />
      {steered ? (
        <Preview
          label={words.recording}
          course={courseOf({ ...column, curve: steered }, manifest)}
          taken={steering.scales.length}
        />
      ) : curve ? (
        <CurveEditor
          course={course}
          byShape={courseOf({ ...column, curve: null }, manifest).scales.map(curveScale)}
        />
      ) : (
        (interval || shape !== 'constant') && <Preview label={words.preview} course={course} />
      )}
    </>
  );
}

/** The scale of every step, to be drawn with the pointer or set step by step with the keys. */
function CurveEditor({ course, byShape }: { course: Course; byShape: readonly number[] }) {
  const { store } = useApp();
  const { curve: words } = useWords(playgroundWords);
  const offset = useScaleOffset();
  const drag = useDrag();
  const [picked, setPicked] = useState(0);
  /** What is being drawn on, and where the pointer was last: quicker than the page is drawn. */
  const stroke = useRef<{ scales: readonly number[]; last: readonly [number, number] }>(undefined);
  const { scales, sigmas, guided } = course;
  const steps = scales.length;
  const at = Math.min(picked, steps - 1);
  const scale = scales[at]!;
  const sigma = shortNumber(sigmas[at]!);
  const text = guided[at]
    ? words.at(at + 1, steps, sigma, shortNumber(scale - offset))
    : words.outside(at + 1, steps, sigma);
  const set = (curve: readonly number[]) => changeColumn(store, { curve });

  const draw = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLElement>) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    const along = Math.floor(((clientX - left) / width) * steps);
    const step = Math.max(0, Math.min(steps - 1, along));
    const up = MAX - ((clientY - top) / height) * (MAX - MIN);
    const point = [step, Math.round(up / TENTH) * TENTH] as const;
    const { scales: before, last } = stroke.current ?? { scales, last: point };
    stroke.current = { scales: stroked(before, last, point), last: point };
    setPicked(step);
    set(stroke.current.scales);
  };
  const lift = () => {
    stroke.current = undefined;
    drag.onPointerUp();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const goTo = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: steps - 1 }[event.key];
    const by = { ArrowUp: TENTH, ArrowDown: -TENTH, PageUp: 1, PageDown: -1 }[event.key];
    if (goTo === undefined && by === undefined) return;
    event.preventDefault();
    if (goTo !== undefined) setPicked(Math.max(0, Math.min(steps - 1, goTo)));
    if (by === undefined) return;
    drag.onKeyDown(event);
    set(scales.with(at, curveScale(scale + by)).map(curveScale));
  };

  return (
    <div className="field">
      <div className="curve" data-editable="true">
        <Axis low={MIN} high={MAX} offset={offset} />
        <div
          className="curve-plot"
          role="slider"
          tabIndex={0}
          aria-label={words.edit}
          aria-orientation="vertical"
          aria-valuemin={MIN - offset}
          aria-valuemax={MAX - offset}
          aria-valuenow={Number((scale - offset).toFixed(4))}
          aria-valuetext={text}
          title={words.hint}
          {...drag}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            drag.onPointerDown();
            draw(event);
          }}
          onPointerMove={(event) => stroke.current && draw(event)}
          onPointerUp={lift}
          onPointerCancel={lift}
          onKeyDown={onKeyDown}
        >
          <Lines course={course} low={MIN} high={MAX} picked={at} />
        </div>
      </div>
      <div className="inline curve-foot">
        <output>{text}</output>
        <button type="button" title={words.flatHint} onClick={() => set(flattened(scales))}>
          {words.flat}
        </button>
        <button type="button" title={words.resetHint} onClick={() => set(byShape)}>
          {words.reset}
        </button>
      </div>
    </div>
  );
}

interface PreviewProps {
  readonly label: string;
  readonly course: Course;
  /** Steps that have been taken; those to come are dashed. Absent: all are alike. */
  readonly taken?: number;
}

/** The scale that each step has, to look at. */
function Preview({ label, course, taken }: PreviewProps) {
  const { curve: words } = useWords(playgroundWords);
  const offset = useScaleOffset();
  const { scales, effective } = course;
  const low = taken === undefined ? Math.min(0, ...scales) : MIN;
  const high = taken === undefined ? Math.max(2, ...scales) : MAX;
  const ends = [Math.min(...effective), Math.max(...effective)].map((s) => shortNumber(s - offset));
  const text = words.range(...(ends as [string, string]));
  return (
    <div className="curve" data-recording={taken !== undefined}>
      <Axis low={low} high={high} offset={offset} />
      <div className="curve-plot" role="img" aria-label={`${label}. ${text}`} title={label}>
        <Lines course={course} low={low} high={high} taken={taken} />
      </div>
    </div>
  );
}

/** Ends of the axis, and where the guidance is off; no lower end where they would meet. */
function Axis({ low, high, offset }: { low: number; high: number; offset: number }) {
  const share = (scale: number) => (high - scale) / (high - low);
  const marks = low < 0 || share(1) < 0.75 ? [high, 1, low] : [high, 1];
  return (
    <div className="curve-axis" aria-hidden="true">
      {marks.map((scale) => (
        <span key={scale} style={{ top: `${100 * share(scale)}%` }}>
          {Number((scale - offset).toFixed(1))}
        </span>
      ))}
    </div>
  );
}

interface LinesProps {
  readonly course: Course;
  readonly low: number;
  readonly high: number;
  readonly picked?: number;
  readonly taken?: number | undefined;
}

/** A unit of the drawing is a step across and a scale of 1 down, below 0. */
function Lines({ course, low, high, picked, taken }: LinesProps) {
  const { scales, effective, guided } = course;
  const steps = scales.length;
  const done = taken ?? steps;
  const band = { y: -high, width: 1, height: high - low };
  return (
    <svg
      viewBox={`0 ${-high} ${steps} ${high - low}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {guided.map((inside, step) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
        inside ? null : <rect key={step} className="outside" x={step} {...band} />,
      )}
      {picked !== undefined && (
        <>
          <rect className="picked" x={picked} {...band} />
          <rect className="mark" x={picked} y={-low - MARK} width={1} height={MARK} />
        </>
      )}
      <path className="off" d={`M0,-1H${steps}`} />
      <path className="area" d={`M0,-1${stairs(effective.slice(0, done), 0)}V-1Z`} />
      <path className="wanted" d={line(scales, 0)} />
      <path className="effective" d={line(effective.slice(0, done), 0)} />
      {done < steps && <path className="to-come" d={line(effective.slice(done), done)} />}
    </svg>
  );
}

function stairs(scales: readonly number[], from: number): string {
  return scales.map((scale, i) => `V${-scale}H${from + i + 1}`).join('');
}

function line(scales: readonly number[], from: number): string {
  return scales.length ? `M${from},${-scales[0]!}${stairs(scales, from)}` : '';
}
