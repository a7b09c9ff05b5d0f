import { useStore } from 'zustand';
import { useApp, useWords } from '../../kit/app-context';
import { usePlane } from '../../kit/plane/use-plane';
import { Select } from '../../kit/Select';
import { Slider } from '../../kit/Slider';
import type { TrainingRun } from './run';
import {
  lookOf,
  specOf,
  TRAINING_CHOICES,
  TRAINING_LIMITS,
  type TrainingSettings,
} from './settings';
import { changeTraining, useTraining } from './use-training';
import { trainingWords } from './words';

export function TrainForm({ run }: { run: TrainingRun }) {
  const { store } = useApp();
  const words = useWords(trainingWords);
  const training = useTraining();
  const { pUncond, batch, width, steps } = training;
  const set = (changes: Partial<TrainingSettings>) => changeTraining(store, changes);
  return (
    <div className="panel train-panel">
      <TrainButtons run={run} />
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

function TrainButtons({ run }: { run: TrainingRun }) {
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
