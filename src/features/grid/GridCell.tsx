import { type MouseEvent, memo } from 'react';
import { useAppState, useService } from '../../kit/app-context';
import { commonWords } from '../../kit/words/words';
import type { Language } from '../../settings/settings';
import { statusWords, verdictOf } from './cell-words';
import { CARD_ID } from './GridCard';
import { gridRunner } from './service';
import { gridWords } from './words';

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
export const GridCell = memo(function GridCell(props: GridCellProps) {
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
                {verdict.mark} {commonWords[language].className(verdict.name)} {verdict.confidence}
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
