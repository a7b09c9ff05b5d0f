import type { Verdicts } from '../engine/protocol';
import { percent } from '../settings/numbers';
import { clipped, withMinus } from '../settings/short-text';
import type { ColumnState } from '../settings/store';
import { sampleNames } from '../settings/subject';
import { useAppState, useService, useWords } from './app-context';
import { misreadNames } from './draw-samples';
import { Lost } from './Lost';
import { progressText, UseCpu } from './Notices';
import { realFigures } from './real-figures';
import { columnRuns } from './services';
import { commonWords, type Strings } from './words/words';
import './outcome.css';
import { useIsJudged } from './use-judged-classes';

/** How a column's run stands, and what was measured on its samples. */
export function Outcome({ state }: { state: ColumnState }) {
  const runs = useService(columnRuns);
  const strings = useWords(commonWords);
  const { stage } = strings;
  return (
    <>
      <progress
        max={state.lastStep || 1}
        value={state.status === 'running' ? state.step : 0}
        aria-label={stage.running(state.step, state.lastStep)}
      />
      {state.status === 'failed' ? (
        <p className="error" role="alert">
          {stage.failed} <small lang="en">{clipped(state.message ?? '')}</small>{' '}
          <button type="button" onClick={() => runs.repeat()}>
            {strings.retry}
          </button>{' '}
          <UseCpu />
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
  const quality = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.quality : undefined,
  );
  const real = realFigures(quality);
  const misread = useAppState(({ engine, settings }) =>
    engine.status === 'ready' && verdicts
      ? misreadNames(sampleNames(settings), verdicts, engine.manifest.classes).size
      : 0,
  );
  const isCascade = useAppState(
    ({ engine }) => engine.status === 'ready' && (engine.manifest.stages ?? []).length > 0,
  );
  const ofPrompts = useAppState(
    ({ engine }) => engine.status === 'ready' && engine.manifest.prompts !== undefined,
  );
  const judged = useIsJudged();
  const fidelity = ofPrompts
    ? ({
        name: 'alignment',
        kind: 'alignment',
        hint: verdicts && words.alignmentHint(verdicts.network),
        value: verdicts?.alignment,
        spread: verdicts?.spread?.alignment,
        text: twoDigits,
      } as const)
    : ({
        name: 'recognised',
        kind: 'classAccuracy',
        hint: verdicts && words.recognisedHint(verdicts.network),
        value: verdicts?.classAccuracy,
        spread: verdicts?.spread?.classAccuracy,
        text: percent,
      } as const);
  return (
    <div className="figures">
      {judged && (
        <>
          <dl>
            <FigureBox real={real[fidelity.kind]} {...fidelity} />
            <FigureBox
              name="diversity"
              hint={verdicts && words.diversityHint(verdicts.network)}
              value={verdicts?.diversity}
              spread={verdicts?.spread?.diversity}
              real={real.diversity}
              text={oneDigit}
            />
          </dl>
          {/* Its place is kept where there is nothing to say: what comes must push nothing. */}
          {ofPrompts ? (
            <PartsLine verdicts={verdicts} />
          ) : (
            <p className="legend" data-shown={misread > 0}>
              <span className="mark" aria-hidden="true" />
              {words.misread(misread)}
            </p>
          )}
        </>
      )}
      <p className="costs">
        {state.download
          ? progressText(state.download, strings)
          : status === 'running'
            ? stage.running(state.step, state.lastStep)
            : status === 'waiting'
              ? stage.waiting
              : figures && (
                  <>
                    <span title={words.evaluationsHint}>
                      {words.evaluations} <b data-figure="nfe">{figures.nfe}</b>
                    </span>{' '}
                    {figures.sharedBy === undefined ? (
                      <>
                        {/* The steps of a cascade's stages take very different times. */}
                        {!isCascade && (
                          <span>
                            <b>{duration(figures.totalMs / state.lastStep)}</b> {words.perStep}
                          </span>
                        )}{' '}
                        <span>
                          <b>{seconds(figures.totalMs)}</b> {words.total}
                        </span>
                      </>
                    ) : (
                      <span>{words.drawnAhead}</span>
                    )}
                    {state.keptEvery > 1 && (
                      <span data-kept-every={state.keptEvery}>
                        {words.keptEvery(state.keptEvery)}
                      </span>
                    )}
                  </>
                )}
      </p>
      {figures?.lost && <Lost lost={figures.lost} isCascade={isCascade} judged={judged} />}
    </div>
  );
}

/** In how many samples the parts that their prompts ask for are as asked. */
function PartsLine({ verdicts }: { verdicts: Verdicts | undefined }) {
  const { figures: words } = useWords(commonWords);
  const parts = verdicts?.parts ?? {};
  const told = (['background', 'count', 'style'] as const).flatMap((part) => {
    const figure = parts[part];
    if (!figure) return [];
    const { share, asked } = figure;
    return [{ part, text: words.parts[part](Math.round(share * asked), asked) }];
  });
  return (
    <p
      className="legend"
      data-shown={told.length > 0}
      title={verdicts && words.partsHint(verdicts.network)}
    >
      {told.map(({ part, text }, k) => (
        <span key={part} data-part={part}>
          {k > 0 && ' · '}
          {text}
        </span>
      ))}
    </p>
  );
}

interface FigureBoxProps {
  readonly name: 'recognised' | 'alignment' | 'diversity';
  readonly hint: string | undefined;
  readonly value: number | undefined;
  readonly spread: number | undefined;
  /** The value of real pictures. */
  readonly real: number | undefined;
  readonly text: (value: number) => string;
}

/** A figure with how far it would scatter with other noise, and beside it what real pictures have. */
function FigureBox({ name, hint, value, spread, real, text }: FigureBoxProps) {
  const { figures: words } = useWords(commonWords);
  const known = value !== undefined;
  return (
    <div title={hint}>
      <dt>{words[name]}</dt>
      <dd data-figure={name}>{known ? text(value) : words.notAvailable}</dd>
      {/* Its place is kept: figures that come must push nothing. */}
      <dd className="context">
        <span data-spread={name} title={words.spreadHint}>
          {known && spread !== undefined && `± ${text(spread)}`}
        </span>{' '}
        {real !== undefined && (
          <span data-real={name} title={words.realHint}>
            {words.real(text(real))}
          </span>
        )}
      </dd>
    </div>
  );
}

const oneDigit = (value: number) => value.toFixed(1);
const twoDigits = (value: number) => withMinus(value.toFixed(2));

function duration(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
