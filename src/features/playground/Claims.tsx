import { useAppState, useWords } from '../../kit/app-context';
import { commonWords } from '../../kit/words/words';
import { describeColumns } from '../../settings/describe';
import { percent } from '../../settings/numbers';
import { type Claim, type ColumnFigures, holds, isClose } from '../../settings/presets';
import { shortNumber } from '../../settings/short-text';
import { playgroundWords } from './words';

/** A column is named by its heading, unless one of them is longer than this. */
const LONGEST_HEADING = 24;

/** What the caption says, in figures, and whether it is so in the pictures on the page. */
export function Claims({ claims }: { claims: readonly Claim[] }) {
  const strings = useWords(commonWords);
  const { figures, stage } = strings;
  const { presets } = useWords(playgroundWords);
  const columns = useAppState((state) => state.columns);
  const measured = columns.map(({ status, verdicts }) => ({
    recognised: status === 'done' ? verdicts?.classAccuracy : undefined,
    diversity: status === 'done' ? verdicts?.diversity : undefined,
    alignment: status === 'done' ? verdicts?.alignment : undefined,
  }));
  const spreads = columns.map(
    ({ verdicts: { spread } = {} }): ColumnFigures => ({
      recognised: spread?.classAccuracy,
      diversity: spread?.diversity,
      alignment: spread?.alignment,
    }),
  );
  const told = {
    unknown: { mark: '…', words: presets.notYet },
    close: { mark: '≈', words: presets.tooClose },
    true: { mark: '✓', words: presets.holdsHere },
    false: { mark: '✗', words: presets.notHere },
  };
  const settings = useAppState((state) => state.settings.columns);
  const unit = useAppState((state) => state.settings.unit);
  const { headings } = describeColumns(settings, strings, unit);
  const short = headings.every(({ length }) => length <= LONGEST_HEADING);
  const named = (column: number) =>
    (short ? headings[column] : undefined) ?? stage.column(column + 1);
  return (
    <ul className="claims" aria-label={presets.claims}>
      {claims.map((claim) => {
        const { figure, column, relation } = claim;
        const here = isClose(claim, measured, spreads)
          ? 'close'
          : (`${holds(claim, measured) ?? 'unknown'}` as const);
        const other =
          'of' in claim
            ? `${claim.times === 1 ? '' : `${shortNumber(claim.times)} × `}${named(claim.of)}`
            : percent(claim.value);
        return (
          <li key={`${figure}${column}${other}`} data-holds={here} title={told[here].words}>
            {figures[figure]}: {named(column)} {relation === '<' ? presets.below : presets.above}{' '}
            {other} <span aria-hidden="true">{told[here].mark}</span>
            <span className="visually-hidden">{told[here].words}</span>
          </li>
        );
      })}
    </ul>
  );
}
