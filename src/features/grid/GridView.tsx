import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useApp, useAppState, useNetworkWords, useService, useWords } from '../../kit/app-context';
import { progressText } from '../../kit/Notices';
import { useJudgedClasses } from '../../kit/use-judged-classes';
import { axisName, valueNote, valueWords } from '../../settings/axis-words';
import type { CellState } from '../../settings/grid-state';
import type { Axis } from '../../settings/settings';
import { change } from '../../settings/store';
import { AxisPicker, swapAxes } from './AxisPicker';
import { drawCells } from './draw-cells';
import { cellButton, GridCard } from './GridCard';
import { GridCell } from './GridCell';
import './grid.css';
import { gridRunner } from './service';
import { gridWords } from './words';

/** Two settings varied at once, a sample a cell. */
export function GridView() {
  const grid = useWords(gridWords);
  return (
    <section className="grid-view" aria-label={grid.label}>
      <Axes />
      <Progress />
      <Table />
    </section>
  );
}

/** What all cells have in common. */
export function GridCaption() {
  const grid = useWords(gridWords);
  const active = useAppState(({ settings }) => settings.active);
  const seeded = useAppState(({ settings: { gridRows, gridColumns } }) =>
    [gridRows.key, gridColumns.key].some((key) => key === 'seed' || key === 'sample'),
  );
  return (
    <p>
      {grid.rest(active + 1)} {!seeded && grid.sameNoise}
    </p>
  );
}

function Axes() {
  const { store } = useApp();
  const grid = useWords(gridWords);
  const manifest = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  if (!manifest) return null;
  return (
    <div className="axes">
      <AxisPicker side="gridRows" manifest={manifest} />
      <button
        type="button"
        aria-label={grid.swap}
        title={grid.swap}
        onClick={() => swapAxes(store.getState().settings, (axes) => change(store, axes))}
      >
        <span aria-hidden="true">⇄</span>
      </button>
      <AxisPicker side="gridColumns" manifest={manifest} />
    </div>
  );
}

/** How far the grid is; pause and resume; what failed. */
function Progress() {
  const runner = useService(gridRunner);
  const strings = useNetworkWords();
  const words = useWords(gridWords);
  const download = useAppState(({ grid }) => grid.download);
  const paused = useAppState(({ grid }) => grid.paused);
  const counts = useAppState(({ grid }) => {
    const count = (status: CellState['status']) =>
      grid.cells.filter((cell) => cell.status === status).length;
    return [grid.cells.length - count('refused'), count('done'), count('failed')].join();
  });
  const [all, done, failed] = counts.split(',').map(Number) as [number, number, number];
  return (
    <div className="grid-progress">
      <progress max={all || 1} value={done} aria-label={words.progress(done, all)} />
      <p>{download ? progressText(download, strings) : words.progress(done, all)}</p>
      {done + failed < all && (
        <button type="button" onClick={() => (paused ? runner.resume() : runner.pause())}>
          <span aria-hidden="true">{paused ? '▶' : '❚❚'}</span>{' '}
          {paused ? words.resume : words.pause}
        </button>
      )}
      {failed > 0 && (
        <button type="button" onClick={() => runner.retry()}>
          {words.retry(failed)}
        </button>
      )}
    </div>
  );
}

interface Header {
  readonly value: string;
  readonly words: string;
  /** What the value brings along. */
  readonly note: string | undefined;
}

function useHeaders(axis: Axis): Header[] {
  const strings = useNetworkWords();
  const settings = useAppState((state) => state.settings);
  return axis.values.map((value) => ({
    value,
    words: valueWords(axis, value, settings, strings),
    note: valueNote(axis, value, settings, strings),
  }));
}

function Table() {
  const app = useApp();
  const runner = useService(gridRunner);
  const strings = useNetworkWords();
  const language = useAppState(({ settings }) => settings.language);
  const frame = useRef<HTMLDivElement>(null);
  const gridRows = useAppState(({ settings }) => settings.gridRows);
  const gridColumns = useAppState(({ settings }) => settings.gridColumns);
  const classes = useJudgedClasses();
  const rows = useHeaders(gridRows);
  const columns = useHeaders(gridColumns);
  /** The cell that the tab key reaches. */
  const [reached, setReached] = useState(0);
  /** The cell that is enlarged. */
  const [enlarged, setEnlarged] = useState<number>();
  const cells = rows.length * columns.length;
  const stop = Math.min(reached, cells - 1);

  useEffect(
    () => (frame.current ? drawCells(app, runner, frame.current) : undefined),
    [app, runner],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setEnlarged(undefined);
    const width = columns.length;
    const [row, column] = [Math.floor(stop / width), stop % width];
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, width - 1],
    };
    const [r, c] = moves[event.key] ?? [-1, -1];
    if (r < 0 || c < 0 || r >= rows.length || c >= width) return;
    event.preventDefault();
    cellButton(frame, r * width + c)?.focus();
  };
  return (
    <div className="grid-frame" ref={frame}>
      <div className="grid-scroll">
        <table
          aria-label={gridWords[language].label}
          style={{ '--across': columns.length } as object}
          onKeyDown={onKeyDown}
          onPointerLeave={() => setEnlarged(undefined)}
          onFocus={({ target }) => {
            const index = indexOf(target);
            if (index === undefined) return;
            setReached(index);
            if (target.matches(':focus-visible')) setEnlarged(index);
          }}
          onBlur={() => setEnlarged(undefined)}
          onPointerOver={({ target, pointerType }) => {
            if (pointerType !== 'touch') setEnlarged(indexOf(target as Element));
          }}
        >
          <thead>
            <tr>
              <th scope="col" className="corner" rowSpan={2}>
                {axisName(gridRows.key, strings)} <span aria-hidden="true">↓</span>
              </th>
              <th scope="colgroup" className="axis-name" colSpan={columns.length}>
                {axisName(gridColumns.key, strings)} <span aria-hidden="true">→</span>
              </th>
            </tr>
            <tr>
              {columns.map(({ value, words, note }) => (
                <th scope="col" key={value}>
                  {words}
                  {note && <small>{note}</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              <tr key={row.value}>
                <th scope="row">
                  {row.words}
                  {row.note && <small>{row.note}</small>}
                </th>
                {columns.map((column, c) => {
                  const index = r * columns.length + c;
                  return (
                    <GridCell
                      key={column.value}
                      index={index}
                      name={`${row.words}, ${column.words}`}
                      reached={index === stop}
                      enlarged={index === enlarged}
                      language={language}
                      classes={classes}
                    />
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {enlarged !== undefined && enlarged < cells && <GridCard index={enlarged} frame={frame} />}
    </div>
  );
}

/** The index of the cell that an element belongs to. */
function indexOf(element: Element): number | undefined {
  const cell = element.closest<HTMLElement>('[data-index]');
  return cell ? Number(cell.dataset.index) : undefined;
}
