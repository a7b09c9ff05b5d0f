import { useAppState, useWords } from '../../kit/app-context';
import { commonWords } from '../../kit/words/words';
import { percent } from '../../settings/numbers';
import { type Claim, holds } from '../../settings/presets';
import { shortNumber } from '../../settings/short-text';
import { playgroundWords } from './words';

/** What the caption says, in figures, and whether it is so in the pictures on the page. */
export function Claims({ claims }: { claims: readonly Claim[] }) {
  const { figures } = useWords(commonWords);
  const { presets } = useWords(playgroundWords);
  const columns = useAppState((state) => state.columns);
  const measured = columns.map(({ status, verdicts }) => ({
    recognised: status === 'done' ? verdicts?.classAccuracy : undefined,
    diversity: status === 'done' ? verdicts?.diversity : undefined,
    alignment: status === 'done' ? verdicts?.alignment : undefined,
  }));
  return (
    <ul className="claims" aria-label={presets.claims}>
      {claims.map((claim) => {
        const { figure, column, relation } = claim;
        const here = holds(claim, measured);
        const other =
          'of' in claim
            ? `${claim.times === 1 ? '' : `${shortNumber(claim.times)} × `}${claim.of + 1}`
            : percent(claim.value);
        return (
          <li
            key={`${figure}${column}${other}`}
            data-holds={here ?? 'unknown'}
            title={here === undefined ? presets.notYet : here ? presets.holdsHere : presets.notHere}
          >
            {figures[figure]}: {column + 1} {relation} {other}{' '}
            <span aria-hidden="true">{here === undefined ? '…' : here ? '✓' : '✗'}</span>
            <span className="visually-hidden">
              {here === undefined ? presets.notYet : here ? presets.holdsHere : presets.notHere}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
