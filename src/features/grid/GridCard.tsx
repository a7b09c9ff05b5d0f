import { type RefObject, useLayoutEffect, useRef } from 'react';
import { useAppState, useNetworkWords, useWords } from '../../kit/app-context';
import { useJudgedClasses } from '../../kit/use-judged-classes';
import { axisName, cellTraits } from '../../settings/axis-words';
import type { Trait } from '../../settings/describe';
import { statusWords } from './cell-words';
import { gridWords } from './words';

export const CARD_ID = 'grid-card';

/** A cell enlarged, with everything that it is set to. */
export function GridCard({
  index,
  frame,
}: {
  index: number;
  frame: RefObject<HTMLElement | null>;
}) {
  const strings = useNetworkWords();
  const grid = useWords(gridWords);
  const language = useAppState(({ settings }) => settings.language);
  const card = useRef<HTMLDivElement>(null);
  const state = useAppState((app) => app.grid.cells[index]);
  const unit = useAppState(({ settings }) => settings.unit);
  const rows = useAppState(({ settings }) => settings.gridRows.key);
  const columns = useAppState(({ settings }) => settings.gridColumns.key);
  const classes = useJudgedClasses();

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

/** The button of the cell at an index. */
export function cellButton(
  frame: RefObject<HTMLElement | null>,
  index: number,
): HTMLButtonElement | null | undefined {
  return frame.current?.querySelector<HTMLButtonElement>(`[data-index="${index}"]`);
}
