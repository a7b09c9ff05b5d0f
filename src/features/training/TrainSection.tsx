import { type RefObject, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useWords } from '../../kit/app-context';
import { shortNumber } from '../../settings/short-text';
import { TrainingRun } from './run';
import { lookOf, specOf } from './settings';
import { TrainCharts } from './TrainCharts';
import './train.css';
import { usePlane } from '../../kit/plane/use-plane';
import { FieldControls, Fields } from './TrainFields';
import { TrainForm } from './TrainForm';
import { SampleControls, Samples } from './TrainSamples';
import { useTraining } from './use-training';
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
      <TrainForm run={run} />
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
