import { useId, useState } from 'react';
import { useApp, useAppState, useService, useWords } from '../../kit/app-context';
import { progressText } from '../../kit/Notices';
import { commonWords } from '../../kit/words/words';
import { changeSlice } from '../../settings/store';
import { useExperiments, useOfPrompts } from './curves-data';
import { isMeasurable } from './networks';
import { samplesOf, valuesOf } from './points';
import { experimentRunner } from './service';
import {
  areValues,
  EXPERIMENT_LIMITS,
  type ExperimentSettings,
  experimentSlice,
  isSampleCount,
  sweepsSteps,
} from './settings';
import { experimentsWords } from './words';

/** What is swept, and the sweep's progress. */
export function Sweep() {
  const { store } = useApp();
  const words = useWords(experimentsWords);
  const experiment = useAppState(({ settings }) => experimentSlice.of(settings));
  const ofPrompts = useOfPrompts();
  const features = useExperiments(({ networks }) => networks?.features);
  const set = (changes: Partial<ExperimentSettings>) =>
    changeSlice(store, experimentSlice, {
      ...experimentSlice.of(store.getState().settings),
      ...changes,
    });
  const steps = sweepsSteps(experiment.id);
  const { values: most, samples, steps: T, w } = EXPERIMENT_LIMITS;
  return (
    <section className="sweep" aria-label={words.sweep}>
      <TextField
        key={experiment.id}
        label={steps ? words.steps : words.weights}
        className="values"
        text={valuesOf(experiment, ofPrompts).join(', ')}
        complaint={steps ? words.badSteps(T.min, T.max, most) : words.badValues(w.min, w.max, most)}
        onEnter={(text) => {
          const values = numbersOf(text);
          if (!areValues(values, experiment.id)) return false;
          set({ values: values.toSorted((a, b) => a - b) });
          return true;
        }}
      />
      <TextField
        label={words.samples}
        className="count"
        text={String(samplesOf(experiment, features))}
        complaint={words.badSamples(samples.min, samples.max)}
        onEnter={(text) => {
          const [count = Number.NaN, ...more] = numbersOf(text);
          if (more.length > 0 || !isSampleCount(count)) return false;
          set({ samples: count });
          return true;
        }}
      />
      {/* The paper's tables are of classes. */}
      {!ofPrompts && (
        <label className="check">
          <input
            type="checkbox"
            checked={experiment.overlay}
            onChange={({ target }) => set({ overlay: target.checked })}
          />
          {words.paper.show}
        </label>
      )}
      <Progress />
    </section>
  );
}

/** Numbers separated by commas or spaces; NaN for what is none. */
function numbersOf(text: string): number[] {
  return text
    .split(/[,，;；\s]+/)
    .filter(Boolean)
    .map(Number);
}

interface TextFieldProps {
  readonly label: string;
  readonly className: string;
  readonly text: string;
  readonly complaint: string;
  /** @returns whether the text makes sense */
  onEnter(text: string): boolean;
}

/** A text that counts when it is entered or left; what makes no sense is told in one line. */
function TextField({ label, className, text, complaint, onEnter }: TextFieldProps) {
  const id = useId();
  const [draft, setDraft] = useState<string>();
  const [bad, setBad] = useState(false);
  const enter = () => {
    if (draft === undefined) return;
    const fits = onEnter(draft);
    setBad(!fits);
    if (fits) setDraft(undefined);
  };
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="text"
        autoComplete="off"
        value={draft ?? text}
        aria-invalid={bad}
        aria-describedby={bad ? `${id}-bad` : undefined}
        onChange={({ target }) => setDraft(target.value)}
        onBlur={enter}
        onKeyDown={({ key }) => {
          if (key === 'Enter') enter();
          if (key === 'Escape') {
            setDraft(undefined);
            setBad(false);
          }
        }}
      />
      {bad && (
        <p id={`${id}-bad`} className="bad" role="alert">
          {complaint}
        </p>
      )}
    </div>
  );
}

function Progress() {
  const experiments = useService(experimentRunner);
  const strings = useWords(commonWords);
  const words = useWords(experimentsWords);
  const wanted = useExperiments((state) => state.samples);
  const status = useExperiments((state) => state.status);
  const points = useExperiments((state) => state.points);
  const msLeft = useExperiments((state) => state.msLeft);
  const download = useExperiments((state) => state.download);
  const features = useExperiments(({ networks }) => networks?.features);
  const ready = useAppState(
    ({ engine }) => engine.status === 'ready' && isMeasurable(engine.manifest, features),
  );
  const drawn = points.filter((point) => point.status !== 'refused');
  const failed = points.filter((point) => point.status === 'failed').length;
  const all = drawn.length * wanted;
  const done = drawn.reduce((sum, { record }) => sum + Math.min(wanted, record?.samples ?? 0), 0);
  const finished = all > 0 && drawn.every((point) => point.status === 'done');
  const left =
    status !== 'idle' && msLeft !== undefined && done < all ? timeLeft(msLeft) : undefined;
  const rest = left
    ? words[left.unit](left.n)
    : finished
      ? words.finished
      : status === 'running' && all > 0 && done === all
        ? words.measuring
        : '';
  return (
    <div className="progress" data-status={status} data-finished={finished}>
      <div className="buttons">
        {status === 'idle' && (
          <button
            type="button"
            className="primary"
            disabled={!ready || all === 0 || finished}
            onClick={() => experiments.start()}
          >
            <span aria-hidden="true">▶</span>{' '}
            {failed > 0 ? words.retry(failed) : done > 0 && !finished ? words.goOn : words.run}
          </button>
        )}
        {status === 'running' && (
          <button type="button" onClick={() => experiments.pause()}>
            <span aria-hidden="true">❚❚</span> {words.pause}
          </button>
        )}
        {status === 'paused' && (
          <button type="button" className="primary" onClick={() => experiments.resume()}>
            <span aria-hidden="true">▶</span> {words.resume}
          </button>
        )}
        {status !== 'idle' && (
          <button type="button" onClick={() => experiments.cancel()}>
            {words.cancel}
          </button>
        )}
      </div>
      <progress max={all || 1} value={done} aria-label={words.progress(done, all)} />
      <p>
        {download ? progressText(download, strings) : words.progress(done, all)}
        {rest && ` · ${rest}`}
      </p>
    </div>
  );
}

/** In the unit that one reads. */
function timeLeft(ms: number): {
  unit: 'secondsLeft' | 'minutesLeft' | 'hoursLeft';
  n: number;
} {
  const seconds = ms / 1000;
  if (seconds < 90) return { unit: 'secondsLeft', n: Math.max(1, Math.round(seconds)) };
  if (seconds < 5400) return { unit: 'minutesLeft', n: Math.round(seconds / 60) };
  return { unit: 'hoursLeft', n: Number((seconds / 3600).toFixed(1)) };
}
