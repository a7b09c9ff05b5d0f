import { useStore } from 'zustand';
import { useApp, useWords } from '../../kit/app-context';
import { LogSlider } from '../../kit/LogSlider';
import { coloursOf } from '../../kit/plane/draw';
import { worldOf } from '../../kit/plane/settings';
import { CLASS_LETTERS, usePlane } from '../../kit/plane/use-plane';
import { useDrawing } from '../../kit/use-drawing';
import type { TrainingRun } from './run';
import { TRAINING_LIMITS } from './settings';
import { short } from './TrainCharts';
import { drawField, type FieldKind } from './train-draw';
import { changeTraining, useTraining } from './use-training';
import { trainingWords } from './words';

export function FieldControls() {
  const { store } = useApp();
  const { fields } = useWords(trainingWords);
  const { sigma } = useTraining();
  return (
    <div className="train-fields">
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

export function Fields({ run }: { run: TrainingRun }) {
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
