import { useEffect, useMemo, useState } from 'react';
import { useApp, useAppState, useService, useWords } from '../../kit/app-context';
import { Notices } from '../../kit/Notices';
import { Slot } from '../../kit/Slot';
import { changeSlice } from '../../settings/store';
import { CurveList } from './CurveList';
import { type ChartKind, CurvePlot, pointId } from './CurvePlot';
import { FIGURES } from './curves';
import { paperCurves, useCurves, useExperiments } from './curves-data';
import { NumbersTable } from './NumbersTable';
import { PointPanel } from './PointPanel';
import { SaveNumbers } from './SaveNumbers';
import { Sweep } from './Sweep';
import { experimentRunner } from './service';
import { EXPERIMENT_IDS, type ExperimentId, experimentSlice, sweepsSteps } from './settings';
import './experiments.css';
import { commonWords } from '../../kit/words/words';
import { experimentsWords } from './words';

/** The large chart of an experiment comes first. */
const CHARTS: Readonly<Record<ExperimentId, readonly ChartKind[]>> = {
  strength: ['plane', ...FIGURES],
  'p-uncond': ['plane', ...FIGURES],
  steps: FIGURES,
  temperature: ['plane', ...FIGURES],
};

/** The paper's experiments, run here and now. */
export function ExperimentsView() {
  const words = useWords(experimentsWords);
  const id = useAppState(({ settings }) => experimentSlice.of(settings).id);
  const busy = useExperiments(({ status }) => status === 'running');
  const ready = useAppState(({ engine }) => engine.status === 'ready');
  return (
    <main
      id="stage"
      tabIndex={-1}
      className="experiments"
      aria-label={words.page}
      aria-busy={busy || !ready}
    >
      <Notices />
      <Problem />
      <Slot name="modelChoice" />
      <Chooser />
      <section className="question" aria-labelledby="experiment-title">
        <h2 id="experiment-title">{words.names[id]}</h2>
        <dl>
          <div>
            <dt>{words.lookFor}</dt>
            <dd>{words.look[id]}</dd>
          </div>
          <div>
            <dt>{words.paperFound}</dt>
            <dd>{words.found[id]}</dd>
          </div>
        </dl>
      </section>
      <Sweep />
      <Results key={id} />
    </main>
  );
}

function Chooser() {
  const { store } = useApp();
  const words = useWords(experimentsWords);
  const experiment = useAppState(({ settings }) => experimentSlice.of(settings));
  const several = useExperiments(({ networks }) => (networks?.denoisers.length ?? 1) > 1);
  const offered = EXPERIMENT_IDS.filter(
    (id) => id !== 'p-uncond' || several || experiment.id === 'p-uncond',
  );
  return (
    <nav className="chooser" aria-label={words.choose}>
      {offered.map((id) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === experiment.id}
          onClick={() => {
            if (id === experiment.id) return;
            changeSlice(store, experimentSlice, { ...experiment, id, values: null, series: null });
          }}
        >
          {words.names[id]}
        </button>
      ))}
    </nav>
  );
}

function Problem() {
  const experiments = useService(experimentRunner);
  const { notice } = useWords(commonWords);
  const words = useWords(experimentsWords);
  const problem = useExperiments((state) => state.problem);
  const measurable = useAppState(
    ({ engine }) => engine.status !== 'ready' || engine.manifest.companions?.features !== undefined,
  );
  return (
    <div className="notices" aria-live="polite">
      {problem && (
        <p className="notice" data-problem={problem.kind}>
          {words.problems[problem.kind]} <span lang="en">{problem.message}</span>{' '}
          <button type="button" onClick={() => experiments.dismiss()}>
            {notice.dismiss}
          </button>
        </p>
      )}
      {!measurable && <p className="notice">{words.problems.noFeatures}</p>}
    </div>
  );
}

function Results() {
  const language = useAppState(({ settings }) => settings.language);
  const words = useWords(experimentsWords);
  const experiment = useAppState(({ settings }) => experimentSlice.of(settings));
  const curves = useCurves();
  const networks = useExperiments((state) => state.networks?.denoisers);
  const network = useAppState(({ engine }) =>
    engine.status === 'ready' ? (engine.manifest.companions?.features ?? '') : '',
  );
  const [chosen, setChosen] = useState<string>();
  const paper = useMemo(
    () => (experiment.overlay ? paperCurves(experiment, curves, networks ?? [], language) : []),
    [experiment, curves, networks, language],
  );
  const counts = new Set(curves.flatMap(({ curve }) => curve.samples ?? []));
  const [main, ...others] = CHARTS[experiment.id];
  const picked = curves
    .flatMap((curve) => curve.curve.points.map((point) => ({ curve, point })))
    .find(({ curve, point }) => pointId(curve.index, point) === chosen);
  // On a narrow screen the panel is below the chart.
  useEffect(() => {
    if (chosen === undefined) return;
    document.getElementById('point-panel')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const plot = (kind: ChartKind, large: boolean) => (
    <CurvePlot
      key={kind}
      {...{ kind, large, curves, paper, network, chosen }}
      onChoose={setChosen}
    />
  );
  const steps = sweepsSteps(experiment.id);
  return (
    <>
      <div className="results">
        <div className="main-chart">
          {plot(main!, true)}
          <p className="hint">
            {main === 'plane' && words.chart.fidelity} {words.chart.pick}{' '}
            {experiment.overlay &&
              counts.size > 0 &&
              (paper.length ? words.paper.note : words.paper.none)}
          </p>
          {counts.size > 1 && <p className="unequal">{words.curves.unequal}</p>}
        </div>
        <div className="beside">
          {picked && (
            <PointPanel
              curve={picked.curve}
              point={picked.point}
              onClose={() => setChosen(undefined)}
            />
          )}
          <CurveList curves={curves} paper={paper} />
        </div>
        <div className="small-charts">{others.map((kind) => plot(kind, false))}</div>
      </div>
      <NumbersTable {...{ curves, steps, network, chosen }} onChoose={setChosen} />
      <SaveNumbers curves={curves} network={network} />
    </>
  );
}
