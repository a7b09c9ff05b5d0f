import { percent } from '../settings/numbers';
import type { ColumnState } from '../settings/store';
import { useAppState, useService, useWords } from './app-context';
import { progressText } from './Notices';
import { columnRuns } from './services';
import { commonWords, type Strings } from './words/words';
import './outcome.css';

/** How a column's run stands, and what was measured on its samples. */
export function Outcome({ state }: { state: ColumnState }) {
  const runs = useService(columnRuns);
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
          <button type="button" onClick={() => runs.repeat()}>
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
  const { figures, verdicts, status } = state;
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
              {share === undefined ? words.notAvailable : percent(share)}
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
        {state.download
          ? progressText(state.download, strings)
          : status === 'running'
            ? stage.running(state.step, state.numSteps)
            : status === 'waiting'
              ? stage.waiting
              : figures && (
                  <>
                    <span title={words.evaluationsHint}>
                      {words.evaluations} <b data-figure="nfe">{figures.nfe}</b>
                    </span>{' '}
                    {figures.sharedBy === undefined ? (
                      <>
                        <span>
                          <b>{duration(figures.totalMs / state.numSteps)}</b> {words.perStep}
                        </span>{' '}
                        <span>
                          <b>{seconds(figures.totalMs)}</b> {words.total}
                        </span>
                      </>
                    ) : (
                      <span>{words.drawnAhead}</span>
                    )}
                    {figures.lost && (
                      <b> {words.lost(figures.lost.map((sample) => sample + 1).join(', '))}</b>
                    )}
                  </>
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
