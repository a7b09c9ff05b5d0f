import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useApp, useAppState, useService, useWords } from '../../kit/app-context';
import { progressText } from '../../kit/Notices';
import {
  axisName,
  cellTraits,
  refusalWords,
  valueNote,
  valueWords,
} from '../../settings/axis-words';
import type { Trait } from '../../settings/describe';
import type { CellState } from '../../settings/grid-state';
import { percent } from '../../settings/numbers';
import type { Axis, Language } from '../../settings/settings';
import { change } from '../../settings/store';
import { AxisPicker, swapAxes } from './AxisPicker';
import { drawCells } from './draw-cells';
import './grid.css';
import { commonWords } from '../../kit/words/words';
import { gridRunner } from './service';
import { gridWords } from './words';

const CARD_ID = 'grid-card';

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
    [gridRows.key, gridColumns.key].includes('seed'),
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
  const strings = useWords(commonWords);
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
  const strings = useWords(commonWords);
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
  const strings = useWords(commonWords);
  const language = useAppState(({ settings }) => settings.language);
  const frame = useRef<HTMLDivElement>(null);
  const gridRows = useAppState(({ settings }) => settings.gridRows);
  const gridColumns = useAppState(({ settings }) => settings.gridColumns);
  const classes = useClasses();
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
      {enlarged !== undefined && enlarged < cells && <Card index={enlarged} frame={frame} />}
    </div>
  );
}

/** The index of the cell that an element belongs to. */
function indexOf(element: Element): number | undefined {
  const cell = element.closest<HTMLElement>('[data-index]');
  return cell ? Number(cell.dataset.index) : undefined;
}

function cellButton(
  frame: RefObject<HTMLElement | null>,
  index: number,
): HTMLButtonElement | null | undefined {
  return frame.current?.querySelector<HTMLButtonElement>(`[data-index="${index}"]`);
}

interface GridCellProps {
  readonly index: number;
  /** Its headers. */
  readonly name: string;
  readonly reached: boolean;
  readonly enlarged: boolean;
  readonly language: Language;
  readonly classes: readonly string[];
}

/** A picture with what the classifier reads in it, and what it cost. */
const GridCell = memo(function GridCell(props: GridCellProps) {
  const { index, name, reached, enlarged, language, classes } = props;
  const grid = useService(gridRunner);
  const state = useAppState((app) => app.grid.cells[index]);
  const verdict = state && verdictOf(state, classes);
  const words = state ? statusWords(state, classes, language) : gridWords[language].waiting;
  const status = state?.status ?? 'waiting';
  const open = ({ detail, currentTarget }: MouseEvent) => {
    if (status === 'failed') grid.retry(state?.cell.key);
    else {
      // A key has opened it: the cell that has the focus goes, and the columns come in its place.
      if (detail === 0 && status !== 'refused') currentTarget.closest('main')?.focus();
      grid.open(index, !matchMedia('(prefers-reduced-motion: reduce)').matches);
    }
  };
  return (
    <td>
      <button
        type="button"
        className="cell"
        data-index={index}
        data-status={status}
        tabIndex={reached ? 0 : -1}
        aria-label={`${name}: ${words}`}
        aria-describedby={enlarged ? CARD_ID : undefined}
        aria-disabled={status === 'refused'}
        onClick={open}
      >
        <canvas data-cell={index} />
        {verdict || state?.figures ? (
          <span className="outcome">
            {verdict && (
              <span data-right={verdict.right}>
                {verdict.mark} {verdict.name} {verdict.confidence}
              </span>
            )}
            {state?.figures && (
              <span>
                {commonWords[language].figures.evaluations} {state.figures.nfe}
              </span>
            )}
          </span>
        ) : (
          <span className="outcome">{words}</span>
        )}
      </button>
    </td>
  );
});

function useClasses(): readonly string[] {
  return useAppState(({ engine }) => (engine.status === 'ready' ? engine.manifest.classes : NONE));
}
const NONE: readonly string[] = [];

interface Verdict {
  readonly name: string;
  readonly confidence: string;
  /** Whether it is what was asked for; undefined where no class was. */
  readonly right: boolean | undefined;
  readonly mark: string;
}

function verdictOf({ verdicts }: CellState, classes: readonly string[]): Verdict | undefined {
  if (!verdicts) return undefined;
  const { predicted, confidence, classAccuracy } = verdicts;
  const right = classAccuracy === undefined ? undefined : classAccuracy === 1;
  return {
    name: classes[predicted[0]!] ?? '?',
    confidence: percent(confidence[0]!),
    right,
    mark: right === undefined ? '' : right ? '✓' : '✗',
  };
}

/** How a cell stands, in a sentence. */
function statusWords(state: CellState, classes: readonly string[], language: Language): string {
  const strings = commonWords[language];
  const { figures } = strings;
  const grid = gridWords[language];
  switch (state.status) {
    case 'refused':
      return refusalWords(state.cell.refusal!, strings);
    case 'failed':
      return `${grid.failed}: ${state.message}`;
    case 'waiting':
    case 'running':
      return grid[state.status];
    case 'done': {
      const verdict = verdictOf(state, classes);
      const { mark = '', name = '', confidence = '' } = verdict ?? {};
      const read = verdict ? `${mark} ${figures.readAs(name, confidence)}` : grid.unjudged;
      return `${read.trim()}, ${figures.evaluations} ${state.figures?.nfe}`;
    }
    default:
      return state.status satisfies never;
  }
}

/** A cell enlarged, with everything that it is set to. */
function Card({ index, frame }: { index: number; frame: RefObject<HTMLElement | null> }) {
  const strings = useWords(commonWords);
  const grid = useWords(gridWords);
  const language = useAppState(({ settings }) => settings.language);
  const card = useRef<HTMLDivElement>(null);
  const state = useAppState((app) => app.grid.cells[index]);
  const unit = useAppState(({ settings }) => settings.unit);
  const rows = useAppState(({ settings }) => settings.gridRows.key);
  const columns = useAppState(({ settings }) => settings.gridColumns.key);
  const classes = useClasses();

  // Beside the table if there is room, where it hides nothing; else beside its cell.
  useLayoutEffect(() => {
    const cell = cellButton(frame, index)?.getBoundingClientRect();
    const around = frame.current?.getBoundingClientRect();
    const table = frame.current?.querySelector('table')?.getBoundingClientRect();
    const element = card.current;
    if (!cell || !around || !table || !element) return;
    const { width, height } = element.getBoundingClientRect();
    const fits = (edge: number, limit: number) => edge + 8 + width <= limit;
    const left = fits(table.right, around.right)
      ? table.right + 8
      : fits(cell.right, innerWidth - 8)
        ? cell.right + 8
        : Math.max(8, cell.left - width - 8);
    const top = Math.max(8, Math.min(cell.top - 8, innerHeight - height - 8));
    element.style.left = `${left - around.left}px`;
    element.style.top = `${top - around.top}px`;
  });

  if (!state) return null;
  const { cell, status } = state;
  const told = cellTraits(cell, strings, unit);
  // What the axes vary comes first.
  const names = [rows, columns].map((key) => axisName(key, strings));
  const varied = ({ what }: Trait) => names.includes(what);
  const sorted = told.toSorted((a, b) => Number(varied(b)) - Number(varied(a)));
  return (
    <div id={CARD_ID} className="grid-card" role="tooltip" ref={card}>
      {status !== 'refused' && <canvas data-cell={index} />}
      <p className="verdict">{statusWords(state, classes, language)}</p>
      <dl>
        {sorted.map(({ what, value }) => (
          <div key={what} data-varied={names.includes(what)}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {status !== 'refused' && (
        <p className="hint">{status === 'failed' ? grid.again : grid.open}</p>
      )}
    </div>
  );
}
