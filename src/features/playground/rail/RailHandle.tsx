import { useEffect, useRef, useState } from 'react';
import { useApp, useAppState, useService, useWords } from '../../../kit/app-context';
import { columnRuns } from '../../../kit/services';
import { commonWords } from '../../../kit/words/words';
import { type ColumnSettings, LIMITS } from '../../../settings/column';
import { roundedScale, scaleOffset } from '../../../settings/scale-unit';
import { withMinus } from '../../../settings/short-text';
import { changeColumn, removeColumn, selectColumn } from '../../../settings/store';
import { hasScale } from '../film';
import { playgroundWords } from '../words';
import { placeOf, stepped } from './rail-axis';

/** A handle dragged this far off the rail takes its column away. */
const OFF_PX = 90;
/** Steps of a page key. */
const PAGE = 5;

interface HandleProps {
  readonly column: ColumnSettings;
  readonly index: number;
  scaleUnder(event: { readonly clientX: number }): number;
}

/** The guidance scale of a column on the rail; while its run is steered, the scale it takes next. */
export function RailHandle({ column, index, scaleUnder }: HandleProps) {
  const { store } = useApp();
  const runs = useService(columnRuns);
  const { controls } = useWords(commonWords);
  const { rail: words } = useWords(playgroundWords);
  const active = useAppState(({ settings }) => settings.active === index);
  const alone = useAppState(({ settings }) => settings.columns.length === 1);
  const unit = useAppState(({ settings }) => settings.unit);
  const steering = useAppState((state) => (active ? state.steering : undefined));
  const held = useRef(false);
  const [off, setOff] = useState(false);
  // A handle that goes while it is held lets go.
  useEffect(() => () => store.setState({ dragging: false }), [store]);
  if (!hasScale(column) && !steering) return null;
  const scale = steering?.guidanceScale ?? column.guidanceScale;
  const offset = scaleOffset(column.guidance, unit);
  const shown = roundedScale(scale - offset);
  const told = withMinus(shown);

  const set = (guidanceScale: number) => {
    if (steering) runs.steerTo(guidanceScale);
    else changeColumn(store, { guidanceScale });
  };
  const hold = () => {
    selectColumn(store, index);
    store.setState({ dragging: true });
  };
  const release = () => store.setState({ dragging: false });
  const { min, max } = LIMITS.guidanceScale;
  const moves: Readonly<Record<string, () => number>> = {
    ArrowRight: () => stepped(scale, 1),
    ArrowUp: () => stepped(scale, 1),
    ArrowLeft: () => stepped(scale, -1),
    ArrowDown: () => stepped(scale, -1),
    PageUp: () => stepped(scale, 1, PAGE),
    PageDown: () => stepped(scale, -1, PAGE),
    Home: () => min,
    End: () => max,
  };

  return (
    <div
      className="handle"
      role="slider"
      tabIndex={0}
      data-active={active}
      data-off={off}
      style={{ left: `${placeOf(scale) * 100}%` }}
      title={alone ? words.handleHint : `${words.handleHint} ${words.removeHint}`}
      aria-label={words.handle(index + 1)}
      aria-valuemin={roundedScale(min - offset)}
      aria-valuemax={roundedScale(max - offset)}
      aria-valuenow={shown}
      aria-valuetext={`${controls.guidanceScale} ${told}`}
      onFocus={() => {
        if (!active) selectColumn(store, index);
      }}
      onKeyDown={(event) => {
        const move = moves[event.key];
        if (move) {
          event.preventDefault();
          hold();
          set(move());
        } else if ((event.key === 'Delete' || event.key === 'Backspace') && !alone) {
          event.preventDefault();
          // The focus stays on the rail, on the column that takes this one's place.
          const handles = [...event.currentTarget.parentElement!.querySelectorAll('.handle')];
          const at = handles.indexOf(event.currentTarget);
          if (at === handles.length - 1) (handles[at - 1] as HTMLElement | undefined)?.focus();
          removeColumn(store, index);
        }
      }}
      onKeyUp={() => {
        if (!held.current) release();
      }}
      onBlur={() => {
        held.current = false;
        release();
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
        held.current = true;
        hold();
      }}
      onPointerMove={(event) => {
        event.stopPropagation();
        if (!held.current) return;
        const { top, bottom } = event.currentTarget.parentElement!.getBoundingClientRect();
        const away = Math.max(top - event.clientY, event.clientY - bottom);
        setOff(!alone && away > OFF_PX);
        set(scaleUnder(event));
      }}
      onPointerUp={(event) => {
        event.stopPropagation();
        held.current = false;
        release();
        if (off) removeColumn(store, index);
        setOff(false);
      }}
      onPointerCancel={() => {
        held.current = false;
        setOff(false);
        release();
      }}
    >
      {off ? '×' : told}
    </div>
  );
}
