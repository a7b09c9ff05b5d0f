import { useStore } from 'zustand';
import { useApp, useWords } from '../../kit/app-context';
import { coloursOf } from '../../kit/plane/draw';
import { worldOf } from '../../kit/plane/settings';
import { CLASS_LETTERS, usePlane } from '../../kit/plane/use-plane';
import { RuleSelect, SamplerSelect } from '../../kit/RunForm';
import { Slider } from '../../kit/Slider';
import { useDrawing } from '../../kit/use-drawing';
import { commonWords } from '../../kit/words/words';
import { percent } from '../../settings/numbers';
import type { TrainingRun } from './run';
import { TRAINING_CHOICES, TRAINING_LIMITS, type TrainingSettings } from './settings';
import { short } from './TrainCharts';
import { drawCloud } from './train-draw';
import { changeTraining, useTraining } from './use-training';
import { trainingWords } from './words';

export function SampleControls() {
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

export function Samples({ run }: { run: TrainingRun }) {
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
