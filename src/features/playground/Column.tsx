import { progressText } from '../../app/Notices';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { Swatch } from '../../kit/Swatch';
import { commonWords, type Strings } from '../../kit/words/words';
import { namesText, sampleNames } from '../../settings/settings';
import { type ColumnState, removeColumn, selectColumn } from '../../settings/store';
import { SampleGrid } from './SampleGrid';

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
  const active = useAppState(({ settings }) => settings.active === index);
  const alone = useAppState(({ settings }) => settings.columns.length === 1);
  const count = useAppState(({ settings }) => sampleNames(settings).length);
  const what = useAppState(({ settings: { subject } }) =>
    subject.kind === 'class'
      ? subject.name
      : subject.kind === 'each'
        ? namesText(subject.names)
        : null,
  );
  const label = stage.samplesOf(count, what ?? stage.unconditional);
  return (
    <article
      className="column"
      data-active={active}
      data-status={state.status}
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
      <SampleGrid column={state} label={`${heading}. ${label}`} />
      <Outcome state={state} />
    </article>
  );
}

/** How a column's run stands, and what was measured on its samples. */
export function Outcome({ state }: { state: ColumnState }) {
  const { runner } = useApp();
  const strings = useWords(commonWords);
  const { stage } = strings;
  return (
    <>
      <progress
        max={state.numSteps || 1}
        value={state.status === 'running' ? state.step : 0}
        aria-label={stage.running(state.step, state.numSteps)}
      />
      {state.status === 'failed' ? (
        <p className="error" role="alert">
          {stage.failed} <small lang="en">{state.message}</small>{' '}
          <button type="button" onClick={() => runner.repeat()}>
            {strings.retry}
          </button>
        </p>
      ) : (
        <Figures state={state} strings={strings} />
      )}
    </>
  );
}

function Figures({ state, strings }: { state: ColumnState; strings: Strings }) {
  const { figures: words, stage } = strings;
  const { figures, verdicts, preview, status } = state;
  const share = verdicts?.classAccuracy;
  const judged = useAppState(
    ({ engine }) => engine.status !== 'ready' || engine.manifest.companions?.features !== undefined,
  );
  return (
    <div className="figures">
      {judged && (
        <dl>
          <div title={verdicts && words.recognisedHint(verdicts.network)}>
            <dt>{words.recognised}</dt>
            <dd data-figure="recognised">
              {share === undefined ? words.notAvailable : `${Math.round(100 * share)} %`}
            </dd>
          </div>
          <div title={verdicts && words.diversityHint(verdicts.network)}>
            <dt>{words.diversity}</dt>
            <dd data-figure="diversity">
              {verdicts?.diversity === undefined
                ? words.notAvailable
                : verdicts.diversity.toFixed(1)}
            </dd>
          </div>
        </dl>
      )}
      <p className="costs">
        {state.download ? (
          progressText(state.download, strings)
        ) : preview ? (
          <b>{stage.preview(state.numSteps)}</b>
        ) : status === 'running' ? (
          stage.running(state.step, state.numSteps)
        ) : status === 'waiting' ? (
          stage.waiting
        ) : (
          figures && (
            <>
              <span title={words.evaluationsHint}>
                {words.evaluations} <b data-figure="nfe">{figures.nfe}</b>
              </span>{' '}
              <span>
                <b>{duration(figures.totalMs / state.numSteps)}</b> {words.perStep}
              </span>{' '}
              <span>
                <b>{seconds(figures.totalMs)}</b> {words.total}
              </span>
            </>
          )
        )}
      </p>
    </div>
  );
}

function duration(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
