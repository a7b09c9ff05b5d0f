import { type PointerEvent, useRef } from 'react';
import { useApp, useAppState, useWords } from '../../../kit/app-context';
import { roundedScale, scaleOffset } from '../../../settings/scale-unit';
import { withMinus } from '../../../settings/short-text';
import { changeColumn } from '../../../settings/store';
import { hasScale } from '../film';
import { playgroundWords } from '../words';
import { addScale } from './handles';
import { RailCurves } from './RailCurves';
import { RailHandle } from './RailHandle';
import { RailPictures } from './RailPictures';
import { placeOf, scaleAtPlace, TICKS, ZONES, zoneOf } from './rail-axis';
import { useFilm } from './use-film';
import './rail.css';

/** Moved by less, a press on the rail is a click. */
const CLICK_PX = 4;
/** A click this near to a scale that is there already means that one. */
const SNAP_PX = 10;

/**
 * One axis for the guidance scale of all columns: each is a handle. Above it what is known of other
 * scales on the same noise: the picked sample, and what was measured.
 */
export function GuidanceRail() {
  const { store } = useApp();
  const { rail: words } = useWords(playgroundWords);
  const film = useFilm();
  const track = useRef<HTMLDivElement>(null);
  const pressed = useRef<{ readonly x: number; dragged: boolean }>(undefined);
  const columns = useAppState(({ settings }) => settings.columns);
  const active = useAppState(({ settings }) => settings.active);
  const unit = useAppState(({ settings }) => settings.unit);
  const offset = scaleOffset(columns[active]!.guidance, unit);
  const movable = hasScale(columns[active]!);

  const scaleUnder = ({ clientX }: { readonly clientX: number }) => {
    const { left, width } = track.current!.getBoundingClientRect();
    return scaleAtPlace((clientX - left) / width);
  };
  const snapped = (event: { readonly clientX: number }) => {
    const { left, width } = track.current!.getBoundingClientRect();
    const near = film
      .takes()
      .find(
        ({ scale }) => Math.abs(left + placeOf(scale) * width - event.clientX) <= SNAP_PX,
      )?.scale;
    return near ?? scaleUnder(event);
  };

  return (
    <section className="rail" aria-label={words.label}>
      <div
        ref={track}
        className="rail-track"
        title={words.hint}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          pressed.current = { x: event.clientX, dragged: false };
        }}
        onPointerMove={(event: PointerEvent) => {
          const press = pressed.current;
          if (!press || !movable) return;
          if (!press.dragged && Math.abs(event.clientX - press.x) < CLICK_PX) return;
          press.dragged = true;
          store.setState({ dragging: true });
          changeColumn(store, { guidanceScale: scaleUnder(event) });
        }}
        onPointerUp={(event) => {
          const press = pressed.current;
          pressed.current = undefined;
          if (press?.dragged) store.setState({ dragging: false });
          else if (press) addScale(store, snapped(event));
        }}
        onPointerCancel={() => {
          if (pressed.current?.dragged) store.setState({ dragging: false });
          pressed.current = undefined;
        }}
      >
        <RailPictures film={film} />
        <RailCurves film={film} />
        <div className="rail-axis" aria-hidden="true">
          {ZONES.map(({ id, from, to }) => (
            <span
              key={id}
              className="zone"
              data-zone={id}
              data-now={id === zoneOf(columns[active]!.guidanceScale).id}
              style={{
                left: `${placeOf(from) * 100}%`,
                width: `${(placeOf(to) - placeOf(from)) * 100}%`,
              }}
            >
              {words.zones[id]}
            </span>
          ))}
          {TICKS.map((scale) => (
            <span
              key={scale}
              className="tick"
              data-scale={scale}
              style={{ left: `${placeOf(scale) * 100}%` }}
            >
              {withMinus(roundedScale(scale - offset))}
            </span>
          ))}
        </div>
        {columns.map((column, index) => (
          <RailHandle
            // biome-ignore lint/suspicious/noArrayIndexKey: a handle is its column's place
            key={index}
            {...{ column, index }}
            scaleUnder={scaleUnder}
          />
        ))}
      </div>
    </section>
  );
}
