import { Fragment, useEffect, useMemo, useState } from 'react';
import { useApp, useAppState, useService, useWords } from '../../kit/app-context';
import { Notices } from '../../kit/Notices';
import { Slot } from '../../kit/Slot';
import { changeSlice } from '../../settings/store';
import { CurveList } from './CurveList';
import { type ChartKind, CurvePlot, pointId } from './CurvePlot';
import { shownFigures } from './curves';
import { type CurveGroup, useCurveGroups, useExperiments, useOfPrompts } from './curves-data';
import { NumbersTable } from './NumbersTable';
import { isMeasurable } from './networks';
import { PAPER_KINDS, PaperPlot } from './PaperPlot';
import { PointPanel } from './PointPanel';
import { type PaperCurve, paperCurves } from './paper-curves';
import { SaveNumbers } from './SaveNumbers';
import { Sweep } from './Sweep';
import { experimentRunner } from './service';
import { EXPERIMENT_IDS, type ExperimentId, experimentSlice, sweepsSteps } from './settings';
import './experiments.css';
import './charts.css';
import { commonWords } from '../../kit/words/words';
import { experimentsWords } from './words';

/** The large chart of an experiment comes first. */
function chartsOf(id: ExperimentId, ofPrompts: boolean): readonly ChartKind[] {
  const figures = shownFigures(ofPrompts);
  return sweepsSteps(id) ? figures : ['plane', ...figures];
}

/** The paper's experiments, run here and now. */
export function ExperimentsView() {
  const words = useWords(experimentsWords);
  const id = useAppState(({ settings }) => experimentSlice.of(settings).id);
  const busy = useExperiments(({ status }) => status === 'running');
  const ready = useAppState(({ engine }) => engine.status === 'ready');
  const ofPrompts = useOfPrompts();
  const told = ofPrompts && id === 'strength' ? words.ofPrompts : undefined;
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
      <div className="experiments-top">
        <Slot name="modelChoice" />
        <Chooser />
      </div>
      <section className="question" aria-labelledby="experiment-title">
        <h2 id="experiment-title">{words.names[id]}</h2>
        <dl>
          <div>
            <dt>{words.lookFor}</dt>
            <dd>{told?.look ?? words.look[id]}</dd>
          </div>
          <div>
            <dt>{words.paperFound}</dt>
            <dd>{told?.found ?? words.found[id]}</dd>
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
  const unreadable = useExperiments((state) => state.unreadable);
  const features = useExperiments(({ networks }) => networks?.features);
  const measurable = useAppState(
    ({ engine }) => engine.status !== 'ready' || isMeasurable(engine.manifest, features),
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
      {unreadable && (
        <p className="notice" data-problem="unreadable">
          {words.unreadable.what(unreadable.points.length, unreadable.files.join(', '))}{' '}
          <button type="button" onClick={() => void experiments.removeUnreadable()}>
            {words.unreadable.remove}
          </button>
        </p>
      )}
      {!measurable && (
        <p className="notice">{features ? words.problems.noPrompts : words.problems.noFeatures}</p>
      )}
    </div>
  );
}

function Results() {
  const language = useAppState(({ settings }) => settings.language);
  const experiment = useAppState(({ settings }) => experimentSlice.of(settings));
  const loaded = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const groups = useCurveGroups();
  const ofPrompts = useOfPrompts();
  const [chosen, setChosen] = useState<string>();
  const { id, overlay } = experiment;
  const curves = groups.flatMap((group) => group.curves);
  const first = groups[0]?.curves[0]?.series;
  const paper = useMemo(
    () => (overlay && !ofPrompts ? paperCurves(id, first, loaded, language) : []),
    [id, overlay, ofPrompts, first, loaded, language],
  );
  const picked = curves
    .flatMap((curve) => curve.curve.points.map((point) => ({ curve, point })))
    .find(({ curve, point }) => pointId(curve.index, point) === chosen);
  // On a narrow screen the panel is below the chart.
  useEffect(() => {
    if (chosen === undefined) return;
    document.getElementById('point-panel')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const own = groups.find((group) => group.own);
  const steps = sweepsSteps(id);
  // The paper's charts stand beside those of the first curves that there are.
  const beside = groups.find(isFilled) ?? groups[0];
  return (
    <>
      <div className="results">
        <div className="groups">
          {groups.map((group) => (
            <Group
              key={group.judge?.id ?? ''}
              paper={group === beside ? paper : []}
              onChoose={setChosen}
              {...{ group, chosen }}
            />
          ))}
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
      </div>
      {groups.map((group) => (
        <NumbersTable
          key={group.judge?.id ?? ''}
          {...{ group, steps, chosen }}
          onChoose={setChosen}
        />
      ))}
      <SaveNumbers
        curves={own?.curves.filter(({ origin }) => origin.kind !== 'stored') ?? []}
        network={own?.judge?.id ?? ''}
      />
    </>
  );
}

interface GroupProps {
  readonly group: CurveGroup;
  readonly paper: readonly PaperCurve[];
  readonly chosen: string | undefined;
  onChoose(id: string): void;
}

/** The charts of curves that compare, and the paper's beside them. */
function Group({ group, paper, chosen, onChoose }: GroupProps) {
  const words = useWords(experimentsWords);
  const id = useAppState(({ settings }) => experimentSlice.of(settings).id);
  const running = useExperiments(({ status }) => status !== 'idle');
  const [main, ...others] = chartsOf(id, group.ofPrompts);
  const filled = isFilled(group);
  const counts = new Set(group.curves.flatMap(({ curve }) => curve.samples ?? []));
  const plot = (kind: ChartKind, large: boolean) => {
    const theirs = PAPER_KINDS.find((each) => each === kind);
    return (
      <Fragment key={kind}>
        {(filled || running) && <CurvePlot {...{ kind, large, group, chosen, onChoose }} />}
        {theirs && paper.length > 0 && <PaperPlot kind={theirs} curves={paper} {...{ large }} />}
      </Fragment>
    );
  };
  return (
    <section className="curve-group" data-group={group.own ? 'own' : 'stored'}>
      {!group.own && <Foreign group={group} />}
      {!filled && !running && <p className="hint empty">{words.chart.waiting}</p>}
      <div className="main-charts">{plot(main!, true)}</div>
      {filled && (
        <p className="hint">
          {main === 'plane' && (group.ofPrompts ? words.chart.fits : words.chart.fidelity)}{' '}
          {words.chart.pick}
        </p>
      )}
      {counts.size > 1 && <p className="unequal">{words.curves.unequal}</p>}
      <div className="small-charts">{others.map((kind) => plot(kind, false))}</div>
    </section>
  );
}

/** Says whose curves these are, where they are not those of the page's network. */
function Foreign({ group }: { group: CurveGroup }) {
  const words = useWords(experimentsWords);
  const title = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.title : undefined,
  );
  const judge = group.judge?.id ?? '';
  const models = [...new Set(group.curves.map(({ model }) => model))].join(', ');
  return (
    <header className="foreign">
      <h3>{words.stored.title(models)}</h3>
      {title !== undefined && <p className="hint">{words.stored.otherNetwork(title, judge)}</p>}
    </header>
  );
}

function isFilled({ curves }: CurveGroup): boolean {
  return curves.some(({ curve }) => curve.points.length > 0);
}
