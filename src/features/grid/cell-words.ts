import { commonWords } from '../../kit/words/words';
import { refusalWords } from '../../settings/axis-words';
import type { CellState } from '../../settings/grid-state';
import { percent } from '../../settings/numbers';
import type { Language } from '../../settings/settings';
import { gridWords } from './words';

interface Verdict {
  readonly name: string;
  readonly confidence: string;
  /** Whether it is what was asked for; undefined where no class was. */
  readonly right: boolean | undefined;
  readonly mark: string;
}

/** What the classifier reads in a cell. */
export function verdictOf(
  { verdicts }: CellState,
  classes: readonly string[],
): Verdict | undefined {
  if (!verdicts) return undefined;
  const { predicted, confidence, classAccuracy } = verdicts;
  const name = classes[predicted[0]!];
  if (name === undefined) return undefined; // not known yet
  const right = classAccuracy === undefined ? undefined : classAccuracy === 1;
  return {
    name,
    confidence: percent(confidence[0]!),
    right,
    mark: right === undefined ? '' : right ? '✓' : '✗',
  };
}

/** How a cell stands, in a sentence. */
export function statusWords(
  state: CellState,
  classes: readonly string[],
  language: Language,
): string {
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
      const read = verdict
        ? `${mark} ${figures.readAs(strings.className(name), confidence)}`
        : grid.unjudged;
      return `${read.trim()}, ${figures.evaluations} ${state.figures?.nfe}`;
    }
    default:
      return state.status satisfies never;
  }
}
