import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useService, useWords } from '../../kit/app-context';
import { ShortNotice } from '../../kit/Notices';
import { PageLink } from '../../kit/PageLink';
import { ClassPicker } from '../../kit/plane/ClassPicker';
import { PLANE_PAGE } from '../../kit/plane/settings';
import { shortNumber } from '../../settings/short-text';
import { trainingRun } from './service';
import { lookOf, specOf } from './settings';
import { TrainCharts } from './TrainCharts';
import './train.css';
import '../../kit/plane/plane-colours.css';
import { usePlane } from '../../kit/plane/use-plane';
import { FieldControls, Fields } from './TrainFields';
import { TrainForm } from './TrainForm';
import { SampleControls, Samples } from './TrainSamples';
import { useTraining } from './use-training';
import { trainingWords } from './words';

/** A network trained on the data of the plane, in the page, with the paper's one-line change. */
export function TrainView() {
  const words = useWords(trainingWords);
  const run = useService(trainingRun);
  const training = useTraining();
  const plane = usePlane();
  const status = useStore(run.store, (state) => state.status);
  const step = useStore(run.store, (state) => state.report?.step ?? 0);
  // The network stays while other pages are shown, and learns only on its own.
  useEffect(() => () => run.rest(), [run]);
  useEffect(() => {
    run.set(specOf(training, plane), lookOf(training, plane));
  }, [run, training, plane]);
  return (
    <main
      id="stage"
      className="train plane-colours"
      tabIndex={-1}
      aria-labelledby="train"
      aria-busy={status === 'opening'}
      data-class={plane.classLabel}
      data-status={status}
      data-step={step}
    >
      <header>
        <ShortNotice />
        <h2 id="train">{words.title}</h2>
        <p className="train-lead">{words.lead}</p>
      </header>
      <TrainForm run={run} />
      <div className="train-main">
        <FieldControls />
        <Fields run={run} />
      </div>
      <Data />
      <div className="train-main">
        <Code />
        <TrainCharts run={run} />
      </div>
      <SampleControls />
      <Samples run={run} />
    </main>
  );
}

/** The data are those of the page of two dimensions, where they are changed. */
function Data() {
  const words = useWords(trainingWords);
  const { components } = usePlane();
  return (
    <div className="panel train-panel">
      <h3>{words.data.title}</h3>
      <p className="hint">{words.data.hint(components.length)}</p>
      <ClassPicker />
      <p>
        <PageLink page={() => PLANE_PAGE}>{words.data.change}</PageLink>
      </p>
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
