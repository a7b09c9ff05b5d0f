import {
  type PointerEvent,
  useCallback,
  useEffect,
  useId,
  useRef,
  useSyncExternalStore,
} from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { meanAbsoluteDifference } from '../../kit/difference';
import { Outcome } from '../../kit/Outcome';
import { gridFor } from '../../kit/paint';
import { SamplePicker } from '../../kit/SamplePicker';
import { usePictureDrawing } from '../../kit/use-picture-drawing';
import { describeColumns } from '../../settings/describe';
import { shortNumber } from '../../settings/short-text';
import { type ColumnState, change, pinColumn, selectColumn } from '../../settings/store';
import { sampleNames } from '../../settings/subject';
import { comparable, paintDifference, paintDivided } from './paint-wipe';
import { type Pair, wipePair, wipeWith } from './wipe';
import './wipe.css';
import { commonWords } from '../../kit/words/words';
import { wipeWords } from './words';

/** Share of the width that a key moves the divider by. */
const KEY_MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -0.02,
  ArrowDown: -0.02,
  ArrowRight: 0.02,
  ArrowUp: 0.02,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
};
/** A pointer that has moved by less, in CSS pixels, has clicked. */
const DRAG_PX = 4;

/** Two columns overlaid: with a divider between them, or what they differ in. */
export function WipeView() {
  const columns = useAppState(({ settings }) => settings.columns);
  const wipe = useAppState(({ settings }) => settings.wipe);
  const pair = wipePair({ wipe, columns });
  return pair ? <Wipe pair={pair} /> : <OneColumn />;
}

function OneColumn() {
  const { store } = useApp();
  const { stage } = useWords(commonWords);
  const wipe = useWords(wipeWords);
  return (
    <div className="wipe-one">
      <p>{wipe.alone}</p>
      <button type="button" onClick={() => pinColumn(store)}>
        <span aria-hidden="true">+</span> {stage.pin}
      </button>
    </div>
  );
}

function Wipe({ pair }: { pair: Pair<number> }) {
  const { store } = useApp();
  const strings = useWords(commonWords);
  const wipe = useWords(wipeWords);
  const settings = useAppState((state) => state.settings.columns);
  const unit = useAppState((state) => state.settings.unit);
  const difference = useAppState((state) => state.settings.wipeDifference);
  const columns = useAppState((state) => state.columns);
  const { headings } = describeColumns(settings, strings, unit);
  const shown: Pair<ColumnState> = [columns[pair[0]]!, columns[pair[1]]!];
  return (
    <section className="wipe" aria-label={wipe.label}>
      <fieldset className="segments" aria-label={wipe.show}>
        {[false, true].map((wanted) => (
          <button
            key={String(wanted)}
            type="button"
            aria-pressed={difference === wanted}
            onClick={() => change(store, { wipeDifference: wanted })}
          >
            {wanted ? wipe.difference : wipe.divider}
          </button>
        ))}
      </fieldset>
      <SideCard side={0} pair={pair} headings={headings} state={shown[0]} />
      <Overlay columns={shown} difference={difference} />
      <SideCard side={1} pair={pair} headings={headings} state={shown[1]} />
    </section>
  );
}

interface SideProps {
  readonly side: 0 | 1;
  readonly pair: Pair<number>;
  readonly headings: readonly string[];
  readonly state: ColumnState;
}

/** Which column one side shows, and what was measured on it. */
function SideCard({ side, pair, headings, state }: SideProps) {
  const { store } = useApp();
  const { stage } = useWords(commonWords);
  const wipe = useWords(wipeWords);
  const id = useId();
  const index = pair[side];
  const active = useAppState(({ settings }) => settings.active === index);
  const name = wipe.sides[side];
  return (
    <article
      className="column side"
      data-side={side}
      data-active={active}
      data-status={state.status}
      aria-label={`${name}: ${headings[index]}`}
      onClickCapture={() => selectColumn(store, index)}
    >
      <header>
        <h3>
          <button
            type="button"
            aria-pressed={active}
            title={stage.select(index + 1)}
            onClick={() => selectColumn(store, index)}
          >
            <span className="letter">{name}</span> {headings[index]}
          </button>
        </h3>
      </header>
      <select
        id={id}
        aria-label={wipe.choose(name)}
        value={index}
        onChange={({ target }) => {
          const column = Number(target.value);
          change(store, { wipe: wipeWith(pair, side, column), active: column });
        }}
      >
        {headings.map((heading, column) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its index here
          <option key={column} value={column}>
            {wipe.option(column + 1, heading)}
          </option>
        ))}
      </select>
      <Outcome state={state} />
    </article>
  );
}

interface OverlayProps {
  readonly columns: Pair<ColumnState>;
  readonly difference: boolean;
}

/** The two columns on one canvas. Dragging anywhere on it moves the divider, a click picks a sample. */
function Overlay({ columns, difference }: OverlayProps) {
  const app = useApp();
  const { stage } = useWords(commonWords);
  const wipe = useWords(wipeWords);
  const paint = useRef(() => {});
  const canvas = usePictureDrawing(useCallback(() => () => paint.current(), []));
  const divider = useAppState(({ settings }) => settings.wipeDivider);
  const moveDivider = (to: number) => change(app.store, { wipeDivider: clamped(to) });
  const count = useAppState(({ settings }) => sampleNames(settings).length);
  const subject = useAppState(({ settings }) => settings.subject);
  const both = useAppState(({ settings }) => settings.view === 'both');
  const drag = useDividerDrag(moveDivider);
  const grid = gridFor(count, subject);
  const ids = [columns[0].id, columns[1].id] as const;

  useEffect(() => {
    paint.current = () => {
      if (!canvas.current) return;
      if (difference) paintDifference(canvas.current, app, ids);
      else paintDivided(canvas.current, app, ids, divider);
    };
    paint.current();
  });

  return (
    <figure className="overlay">
      <div
        className="overlaid"
        style={{ '--aspect': ((both ? 2 : 1) * grid.columns) / grid.rows } as object}
        {...(difference ? {} : drag)}
      >
        <SamplePicker label={wipe.label} count={count}>
          <canvas ref={canvas} />
        </SamplePicker>
        {!difference && (
          <div
            className="divider"
            role="slider"
            tabIndex={0}
            aria-label={wipe.dividerBetween(wipe.sides[0], wipe.sides[1])}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(100 * divider)}
            aria-valuetext={wipe.percent(Math.round(100 * divider))}
            style={{ left: `${100 * divider}%` }}
            onKeyDown={(event) => {
              const move = KEY_MOVES[event.key];
              if (move === undefined) return;
              event.preventDefault();
              moveDivider(divider + move);
            }}
          />
        )}
      </div>
      <figcaption>
        {difference ? <Scale columns={ids} /> : <p className="hint">{wipe.hint}</p>}
        <span className="visually-hidden">{stage.sameNoise}</span>
      </figcaption>
    </figure>
  );
}

/** The colours of the difference, and the mean of its absolute value. */
function Scale({ columns }: { columns: Pair<number> }) {
  const app = useApp();
  const wipe = useWords(wipeWords);
  useAppState(({ settings }) => `${settings.position} ${settings.view}`);
  useSyncExternalStore(
    (listener) => app.trajectories.subscribe(listener),
    () => app.trajectories.version,
  );
  const pictures = comparable(app, columns)?.pictures;
  const means = pictures?.map(([a, b]) => meanAbsoluteDifference(a, b)) ?? [];
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  return (
    <>
      <div className="diverging">
        <span>≤ −1 {wipe.moreA}</span>
        <span>0</span>
        <span>{wipe.moreB} ≥ 1</span>
      </div>
      <p className="hint">{wipe.scale}</p>
      <p className="mean" title={wipe.meanHint}>
        {means.length > 0 ? (
          <>
            {wipe.mean} <output>{shortNumber(mean)}</output>
          </>
        ) : (
          wipe.differing
        )}
      </p>
    </>
  );
}

/** Handlers that move the divider with the pointer. Until it has moved, it may become a click. */
function useDividerDrag(move: (to: number) => void) {
  const start = useRef<number>(undefined);
  const end = () => {
    start.current = undefined;
  };
  return {
    onPointerDown({ button, clientX }: PointerEvent) {
      if (button === 0) start.current = clientX;
    },
    onPointerMove({ clientX, currentTarget, pointerId }: PointerEvent) {
      if (start.current === undefined) return;
      if (!currentTarget.hasPointerCapture(pointerId)) {
        if (Math.abs(clientX - start.current) < DRAG_PX) return;
        currentTarget.setPointerCapture(pointerId);
      }
      const { left, width } = currentTarget.getBoundingClientRect();
      move((clientX - left) / width);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onPointerLeave: end,
  };
}

function clamped(share: number): number {
  return Math.max(0, Math.min(1, share));
}
