import { useApp, useAppState, useClassWords, useWords } from '../../kit/app-context';
import { Outcome } from '../../kit/Outcome';
import { Swatch } from '../../kit/Swatch';
import { commonWords } from '../../kit/words/words';
import { type ColumnState, removeColumn, selectColumn } from '../../settings/store';
import { namesText, sampleNames } from '../../settings/subject';
import { SampleGrid } from './SampleGrid';
import { StagePictures } from './StagePictures';
import { playgroundWords } from './words';

interface ColumnProps {
  readonly index: number;
  readonly state: ColumnState;
  /** What tells this column from the others. */
  readonly heading: string;
}

/** One setting: its heading, its samples, and what was measured on them. */
export function Column({ index, state, heading }: ColumnProps) {
  const { store } = useApp();
  const { stage } = useWords(commonWords);
  const { rail } = useWords(playgroundWords);
  const active = useAppState(({ settings }) => settings.active === index);
  const alone = useAppState(({ settings }) => settings.columns.length === 1);
  const count = useAppState(({ settings }) => sampleNames(settings).length);
  const wordsOf = useClassWords();
  const what = useAppState(({ settings: { subject } }) =>
    subject.kind === 'class'
      ? wordsOf(subject.name).name
      : subject.kind === 'each'
        ? namesText(subject.names.map((name) => wordsOf(name).name))
        : null,
  );
  const label = stage.samplesOf(count, what ?? stage.unconditional);
  return (
    <article
      className="column"
      data-active={active}
      data-status={state.status}
      data-stale={state.stale}
      data-film={state.filmScale}
      aria-label={`${stage.column(index + 1)}: ${heading}`}
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
            <Swatch index={index} />
            {heading}
            {state.filmByStudent && <span className="by-student"> · {rail.shownByStudent}</span>}
          </button>
        </h3>
        {!alone && (
          <button
            type="button"
            className="quiet"
            aria-label={stage.remove(index + 1)}
            onClick={() => removeColumn(store, index)}
          >
            ×
          </button>
        )}
      </header>
      <div className="drawn">
        <SampleGrid column={state} label={`${heading}. ${label}`} />
        <StagePictures column={state} index={index} />
      </div>
      <Outcome state={state} />
    </article>
  );
}
