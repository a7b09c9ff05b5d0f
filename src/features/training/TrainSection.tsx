import { type RefObject, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { LogSlider } from '../../kit/LogSlider';
import { coloursOf } from '../../kit/plane/draw';
import { worldOf } from '../../kit/plane/settings';
import { RuleSelect, SamplerSelect } from '../../kit/RunForm';
import { Select } from '../../kit/Select';
import { Slider } from '../../kit/Slider';
import { useDrawing } from '../../kit/use-drawing';
import { percent } from '../../settings/numbers';
import { withChanges } from '../../settings/replaced-sampler';
import { shortNumber } from '../../settings/short-text';
import { changeSlice, type Store } from '../../settings/store';
import { TrainingRun } from './run';
import {
  consistentTraining,
  lookOf,
  specOf,
  TRAINING_CHOICES,
  TRAINING_LIMITS,
  type TrainingSettings,
  trainingSlice,
} from './settings';
import { short, TrainCharts } from './TrainCharts';
import { drawCloud, drawField, type FieldKind } from './train-draw';
import './train.css';
import { CLASS_LETTERS, usePlane } from '../../kit/plane/use-plane';
import { commonWords } from '../../kit/words/words';
import { trainingWords } from './words';

/** A network trained on the data of the plane, in the page, with the paper's one-line change. */
export function TrainSection() {
  const words = useWords(trainingWords);
  const [run] = useState(() => new TrainingRun());
  const training = useTraining();
  const plane = usePlane();
  const status = useStore(run.store, (state) => state.status);
  const step = useStore(run.store, (state) => state.report?.step ?? 0);
  const section = useRef<HTMLElement>(null);
  const visible = useVisible(section);
  useEffect(() => () => run.dispose(), [run]);
  // Out of sight nothing is computed anew while Gaussians are dragged; a training under way goes on.
  useEffect(() => {
    if (visible) run.set(specOf(training, plane), lookOf(training, plane));
  }, [run, training, plane, visible]);
  return (
    <section
      ref={section}
      className="train"
      aria-labelledby="train"
      data-class={plane.classLabel}
      data-status={status}
      data-step={step}
    >
      <header>
        <h2 id="train">{words.title}</h2>
        <p className="train-lead">{words.lead}</p>
      </header>
      <Settings run={run} />
      <div className="train-main">
        <Code />
        <TrainCharts run={run} />
      </div>
      <FieldControls />
      <Fields run={run} />
      <SampleControls />
      <Samples run={run} />
    </section>
  );
}

function useVisible(element: RefObject<HTMLElement | null>): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const watcher = new IntersectionObserver((entries) =>
      setVisible(entries.at(-1)?.isIntersecting ?? false),
    );
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [element]);
  return visible;
}

function useTraining(): TrainingSettings {
  return useAppState(({ settings }) => trainingSlice.of(settings));
}

function changeTraining(store: Store, changes: Partial<TrainingSettings>): void {
  const training = trainingSlice.of(store.getState().settings);
  changeSlice(store, trainingSlice, withChanges(training, changes, consistentTraining));
}

function Settings({ run }: { run: TrainingRun }) {
  const { store } = useApp();
  const words = useWords(trainingWords);
  const training = useTraining();
  const { pUncond, batch, width, steps } = training;
  const set = (changes: Partial<TrainingSettings>) => changeTraining(store, changes);
  return (
    <div className="panel train-panel">
      <Buttons run={run} />
      <Progress run={run} />
      <Slider
        label={words.pUncond}
        hint={words.pUncondHint}
        value={pUncond}
        {...TRAINING_LIMITS.pUncond}
        onChange={(value) => set({ pUncond: value })}
      />
      <Slider
        label={words.steps}
        value={steps}
        {...TRAINING_LIMITS.steps}
        onChange={(value) => set({ steps: Math.round(value) })}
      />
      <NumberChoice
        label={words.batch}
        value={batch}
        values={TRAINING_CHOICES.batch}
        onChange={(value) => set({ batch: value })}
      />
      <NumberChoice
        label={words.width}
        value={width}
        values={TRAINING_CHOICES.width}
        onChange={(value) => set({ width: value })}
      />
    </div>
  );
}

function NumberChoice(props: {
  readonly label: string;
  readonly value: number;
  readonly values: readonly number[];
  onChange(value: number): void;
}) {
  const { label, value, values, onChange } = props;
  return (
    <Select
      label={label}
      value={String(value)}
      entries={values.map((entry) => ({ id: String(entry), label: String(entry) }))}
      onChange={(id) => onChange(Number(id))}
    />
  );
}

function Buttons({ run }: { run: TrainingRun }) {
  const { store } = useApp();
  const words = useWords(trainingWords);
  const training = useTraining();
  const plane = usePlane();
  const status = useStore(run.store, (state) => state.status);
  const begun = useStore(run.store, ({ excess }) => excess.length > 1);
  const running = status === 'running';
  const ended = status === 'finished' || status === 'failed';
  const restart = () => run.restart(specOf(training, plane), lookOf(training, plane));
  const go = running ? words.pause : ended ? words.again : begun ? words.resume : words.start;
  return (
    <div className="train-buttons">
      <button
        type="button"
        className="primary"
        onClick={() => (ended ? restart() : running ? run.pause() : run.run())}
      >
        <span aria-hidden="true">{running ? '❚❚' : ended ? '↺' : '▶'}</span> {go}
      </button>
      <button type="button" title={words.restartHint} disabled={!begun || ended} onClick={restart}>
        {words.restart}
      </button>
      <button
        type="button"
        title={words.weightsHint}
        onClick={() => changeTraining(store, { seed: (training.seed + 1) % 2 ** 32 })}
      >
        {words.weights}
      </button>
    </div>
  );
}

function Progress({ run }: { run: TrainingRun }) {
  const words = useWords(trainingWords);
  const { steps } = useTraining();
  const { status, report, message } = useStore(run.store);
  const done = Math.min(report?.step ?? 0, steps);
  const text = done === 0 ? words.untrained : words.status(String(done), String(steps));
  const speed = done > 0 && words.speed(String(Math.round(report?.stepsPerSecond ?? 0)));
  return (
    <div className="train-progress">
      <progress value={done} max={steps} aria-label={text} />
      <p>
        {text}
        {speed && ` · ${speed}`}
      </p>
      {status === 'failed' && (
        <p role="alert">
          {words.failed} <span lang="en">{message}</span>
        </p>
      )}
    </div>
  );
}

/** What the worker does at each step, in its own words. */
function Code() {
  const words = useWords(trainingWords);
  const { pUncond } = useTraining();
  return (
    <figure className="train-code">
      <figcaption>
        <b>{words.code}</b>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where the window is narrow */}
      <pre tabIndex={0}>
        <code>
          {'const { x0, classLabel } = pick(data);\n'}
          <mark>
            {'const label = random() < '}
            <b>{shortNumber(pUncond)}</b>
            {' ? null : classLabel;'}
          </mark>
          {'\nconst x = x0 + sigma * noise;\n'}
          {'const loss = weight(sigma) * (D(x, sigma, label) - x0) ** 2;\n'}
          {'adam.update(weights, gradient(loss));'}
        </code>
      </pre>
      <p className="hint">{words.codeHint}</p>
    </figure>
  );
}

function FieldControls() {
  const { store } = useApp();
  const { fields } = useWords(trainingWords);
  const { sigma } = useTraining();
  return (
    <div className="panel train-panel">
      <h3>{fields.title}</h3>
      <LogSlider
        label={fields.sigma}
        value={sigma}
        {...TRAINING_LIMITS.sigma}
        text={short(sigma)}
        onChange={(level) => changeTraining(store, { sigma: level })}
      >
        <p className="hint">{fields.sigmaHint}</p>
      </LogSlider>
      <ul className="train-legend">
        <li>
          <span className="exact" aria-hidden="true" /> {fields.exact}
        </li>
        <li>
          <span className="learnt" aria-hidden="true" /> {fields.learnt}
        </li>
      </ul>
    </div>
  );
}

const FIELDS: readonly FieldKind[] = ['cond', 'uncond', 'difference'];

function Fields({ run }: { run: TrainingRun }) {
  const { fields: words } = useWords(trainingWords);
  const report = useStore(run.store, (state) => state.report);
  const { classLabel } = usePlane();
  const titles: Readonly<Record<FieldKind, string>> = {
    cond: words.cond(CLASS_LETTERS[classLabel]!),
    uncond: words.uncond,
    difference: words.difference,
  };
  return (
    <div className="train-pictures">
      {FIELDS.map((kind) => (
        <figure key={kind} data-field={kind}>
          <Field run={run} kind={kind} title={titles[kind]} />
          <figcaption>
            <b>{titles[kind]}</b>
            {kind !== 'difference' && (
              <span className="figure" title={words.errorHint}>
                {words.error} <b>{report ? short(report.errors[kind]) : '–'}</b>
              </span>
            )}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

function Field({ run, kind, title }: { run: TrainingRun; kind: FieldKind; title: string }) {
  const { fields: words } = useWords(trainingWords);
  const report = useStore(run.store, (state) => state.report);
  const { mixture, classLabel } = worldOf(usePlane());
  const canvas = useDrawing([], (element) => {
    const context = element.getContext('2d');
    if (!context || !report) return;
    const colours = coloursOf(element);
    const colour = {
      cond: colours.classes[classLabel]!,
      uncond: colours.ink,
      difference: colours.accent,
    }[kind];
    drawField(context, report.field, kind, mixture, colours, colour);
  });
  const sigma = short(report?.look.sigma ?? 0);
  return <canvas ref={canvas} role="img" aria-label={words.picture(title, sigma)} />;
}

function SampleControls() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const words = useWords(trainingWords);
  const { guidance, guidanceScale, sampler, numSteps } = useTraining();
  const set = (changes: Partial<TrainingSettings>) => changeTraining(store, changes);
  return (
    <div className="panel train-panel">
      <h3>{words.samples.title}</h3>
      <p className="hint">{words.samples.hint}</p>
      <Slider
        label={controls.guidanceScale}
        hint={controls.scaleHintS}
        value={guidanceScale}
        {...TRAINING_LIMITS.guidanceScale}
        onChange={(value) => set({ guidanceScale: value })}
      />
      <RuleSelect
        value={guidance}
        rules={TRAINING_CHOICES.guidance}
        onChange={(value) => set({ guidance: value })}
      />
      <SamplerSelect
        value={sampler}
        guidance={guidance}
        onChange={(value) => set({ sampler: value })}
      />
      <Slider
        label={controls.numSteps}
        value={numSteps}
        {...TRAINING_LIMITS.numSteps}
        onChange={(value) => set({ numSteps: value })}
      />
    </div>
  );
}

function Samples({ run }: { run: TrainingRun }) {
  const { samples: words, notes } = useWords(trainingWords);
  const report = useStore(run.store, (state) => state.report);
  const { pUncond } = useTraining();
  const { classLabel } = usePlane();
  const letter = CLASS_LETTERS[classLabel]!;
  const trained = report !== undefined && report.step > 0;
  const shown = { 0: notes.none, 1: notes.all }[pUncond] ?? notes.both;
  return (
    <div className="train-pictures">
      {(['samples', 'exactSamples'] as const).map((which) => {
        const title = which === 'samples' ? words.learnt : words.exact;
        const samples = report?.[which];
        return (
          <figure key={which} data-samples={which}>
            <Cloud run={run} which={which} title={title} />
            <figcaption>
              <b>{title}</b>
              <span className="figure">
                {samples && words.recognised(percent(samples.recognised), letter)}
              </span>
              <span className="figure">{samples && words.spread(short(samples.spread))}</span>
            </figcaption>
          </figure>
        );
      })}
      <p className="train-note" data-note={shown === notes.both ? 'both' : 'one'}>
        {trained ? shown : notes.untrained}
      </p>
    </div>
  );
}

function Cloud(props: {
  readonly run: TrainingRun;
  readonly which: 'samples' | 'exactSamples';
  readonly title: string;
}) {
  const { run, which, title } = props;
  const { samples: words } = useWords(trainingWords);
  const samples = useStore(run.store, ({ report }) => report?.[which]);
  const { mixture, classLabel } = worldOf(usePlane());
  const canvas = useDrawing([], (element) => {
    const context = element.getContext('2d');
    if (!context || !samples) return;
    const colours = coloursOf(element);
    drawCloud(context, samples.x, mixture, colours, colours.ink);
  });
  const count = String((samples?.x.length ?? 0) / 2);
  const label = words.picture(title, count, CLASS_LETTERS[classLabel]!);
  return <canvas ref={canvas} role="img" aria-label={label} />;
}
