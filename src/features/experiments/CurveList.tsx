import { useState } from 'react';
import { useApp, useAppState, useService, useWords } from '../../kit/app-context';
import { RuleSelect, SamplerSelect, ScheduleSelect } from '../../kit/RunForm';
import { Select } from '../../kit/Select';
import { NumberField } from '../../kit/Slider';
import { commonWords } from '../../kit/words/words';
import {
  CHOICES,
  type ColumnSettings,
  canPredict,
  consistent,
  DEFAULT_COLUMN,
} from '../../settings/column';
import { withChanges } from '../../settings/replaced-sampler';
import { roundedScale } from '../../settings/scale-unit';
import { shortNumber } from '../../settings/short-text';
import { changeSlice } from '../../settings/store';
import { networkName } from './curve-names';
import { type ShownCurve, useExperiments } from './curves-data';
import { judgedBy } from './files';
import type { PaperCurve } from './paper-curves';
import { PUBLISHED_INTERVAL, seriesOf } from './points';
import { experimentRunner } from './service';
import { EXPERIMENT_LIMITS, experimentSlice, type Series, sweepsSteps } from './settings';
import { paperStyle, polygonPoints, styleOf } from './symbols';
import { experimentsWords } from './words';

/** The curves with their symbols; what they are set to can be changed here. */
export function CurveList({
  curves,
  paper,
}: {
  curves: readonly ShownCurve[];
  paper: readonly PaperCurve[];
}) {
  const { store } = useApp();
  const words = useWords(experimentsWords);
  const experiment = useAppState(({ settings }) => experimentSlice.of(settings));
  const series = useExperiments((state) => state.series);
  const files = useExperiments((state) => state.files);
  const networks = useExperiments((state) => state.networks);
  const others = networks ? files.filter((file) => !judgedBy(file, networks.features)) : [];
  const setSeries = (next: readonly Series[] | null) =>
    changeSlice(store, experimentSlice, { ...experiment, series: next });
  return (
    <section className="curve-list" aria-label={words.curves.title}>
      <h3>{words.curves.title}</h3>
      <ul>
        {curves.map((curve) => (
          <li key={curve.index} data-origin={curve.origin.kind}>
            <Glyph style={styleOf(curve.style)} hollow={curve.origin.kind !== 'here'} />
            <div>
              <b>{curve.name}</b>
              <Origin {...curve} />
              {curve.origin.kind === 'here' && <Trouble index={curve.index} />}
            </div>
            {curve.origin.kind === 'here' && series.length > 1 && (
              <button
                type="button"
                className="quiet"
                aria-label={words.curves.remove(curve.name)}
                onClick={() => setSeries(series.toSpliced(curve.index, 1))}
              >
                ×
              </button>
            )}
            {curve.origin.kind === 'file' && isFirstOf(curve, curves) && (
              <RemoveFile name={curve.origin.file} />
            )}
          </li>
        ))}
        {others.map(({ name, results: { features } }) => (
          <li key={name} data-not-compared={name}>
            <small>
              {words.take.otherJudge(name, `${features.id} ${features.sha256.slice(0, 8)}`)}
            </small>
            <RemoveFile name={name} />
          </li>
        ))}
        {paper.map(({ name }, index) => (
          <li key={name} data-origin="paper">
            <Glyph style={paperStyle(index)} hollow />
            <div>
              <b>{name}</b>
              <small>{words.paper.samples}</small>
            </div>
          </li>
        ))}
      </ul>
      <AddCurve series={series} onSet={setSeries} />
      {experiment.series && (
        <button type="button" onClick={() => setSeries(null)}>
          {words.curves.own}
        </button>
      )}
    </section>
  );
}

function RemoveFile({ name }: { name: string }) {
  const experiments = useService(experimentRunner);
  const words = useWords(experimentsWords);
  return (
    <button
      type="button"
      className="quiet"
      aria-label={words.take.removeFile(name)}
      onClick={() => void experiments.removeFile(name)}
    >
      ×
    </button>
  );
}

function isFirstOf(curve: ShownCurve, curves: readonly ShownCurve[]): boolean {
  const file = ({ origin }: ShownCurve) => origin.kind === 'file' && origin.file;
  return curves.find((each) => file(each) === file(curve)) === curve;
}

/** How many samples a point, and who measured them. */
function Origin({ curve, origin }: Pick<ShownCurve, 'curve' | 'origin'>) {
  const words = useWords(experimentsWords);
  const { samples } = curve;
  const count = samples === undefined ? words.curves.empty : words.curves.count(samples);
  switch (origin.kind) {
    case 'here':
      return <small>{count}</small>;
    case 'file':
      return (
        <small>
          {count} · {words.take.from(origin.file)}
        </small>
      );
    case 'stored':
      return (
        <small title={origin.command}>
          {count} · {words.stored.measured(origin.date.slice(0, 10))}
        </small>
      );
    default:
      return origin satisfies never;
  }
}

/** A curve's line and symbol. */
export function Glyph({
  style,
  hollow = false,
}: {
  style: Pick<ReturnType<typeof styleOf>, 'corners' | 'dashes' | 'colour'>;
  hollow?: boolean;
}) {
  const { corners, dashes, colour } = style;
  return (
    <svg className="glyph" viewBox="-17 -8 34 16" aria-hidden="true">
      <line x1={-16} x2={16} stroke={colour} strokeWidth={2} strokeDasharray={dashes} />
      <polygon
        points={polygonPoints(corners, 5)}
        fill={hollow ? 'var(--surface)' : colour}
        stroke={colour}
      />
    </svg>
  );
}

/** Points of a curve that cannot be drawn, and why. */
function Trouble({ index }: { index: number }) {
  const words = useWords(experimentsWords);
  const points = useExperiments((state) => state.points);
  const own = points.filter(({ point }) => point.series === index);
  const refused = own.filter(({ status }) => status === 'refused');
  const failed = own.filter(({ status }) => status === 'failed');
  const reason = refused[0]?.point.refusal;
  return (
    <>
      {reason && (
        <small className="bad">
          {words.curves.refused(refused.length)}: {words.curves.refusals[reason.kind]}
        </small>
      )}
      {failed.length > 0 && (
        <small className="bad" role="alert">
          {words.curves.failed(failed.length)}: <span lang="en">{failed[0]?.message}</span>
        </small>
      )}
    </>
  );
}

interface AddCurveProps {
  readonly series: readonly Series[];
  onSet(series: readonly Series[]): void;
}

const EVERYWHERE = 'everywhere';

function AddCurve({ series, onSet }: AddCurveProps) {
  const language = useAppState(({ settings }) => settings.language);
  const { controls, settingsText } = useWords(commonWords);
  const words = useWords(experimentsWords);
  const experiment = useAppState(({ settings }) => experimentSlice.of(settings));
  const columns = useAppState(({ settings }) => settings.columns);
  const manifest = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const networks = useExperiments((state) => state.networks?.denoisers) ?? [];
  const [draft, setDraft] = useState<ColumnSettings>();
  const [model, setModel] = useState('');
  if (!manifest) return null;
  const steps = sweepsSteps(experiment.id);
  const column = draft ?? series[0]?.column ?? DEFAULT_COLUMN;
  const set = (changes: Partial<ColumnSettings>) =>
    setDraft(withChanges(column, changes, consistent));
  const room = EXPERIMENT_LIMITS.series - series.length;
  const rules = CHOICES.guidance.filter(
    (rule) => canPredict(rule, manifest) && (steps || rule.usesScale),
  );
  const intervals = [
    null,
    PUBLISHED_INTERVAL,
    ...columns.flatMap(({ interval }) => (interval ? [interval] : [])),
  ];
  const entries = new Map(
    intervals.map((interval) => [
      interval?.join('~') ?? EVERYWHERE,
      {
        interval,
        label: interval
          ? settingsText.interval(shortNumber(interval[0]), shortNumber(interval[1]))
          : settingsText.everywhere,
      },
    ]),
  );
  const chosenInterval = column.interval?.join('~') ?? EVERYWHERE;
  const plain = seriesOf({ id: experiment.id, series: null }, manifest, networks).length > 0;
  const add = (added: readonly Series[]) => {
    const known = new Set(series.map((one) => JSON.stringify(one)));
    const fresh = added.filter((one) => !known.has(JSON.stringify(one)));
    if (fresh.length > 0) onSet([...series, ...fresh].slice(0, EXPERIMENT_LIMITS.series));
  };
  return (
    <details className="add-curve">
      <summary>{words.curves.add}</summary>
      {networks.length > 1 && (
        <Select
          label={words.curves.network}
          value={model}
          entries={networks.map((network) => ({
            id: network.id === manifest.id ? '' : network.id,
            label: networkName(network, language),
          }))}
          onChange={setModel}
        />
      )}
      <RuleSelect
        value={column.guidance}
        rules={rules}
        onChange={(guidance) => set({ guidance })}
      />
      <SamplerSelect
        value={column.sampler}
        guidance={column.guidance}
        onChange={(sampler) => set({ sampler })}
      />
      <ScheduleSelect value={column.schedule} onChange={(schedule) => set({ schedule })} />
      <div className="field inline">
        <label htmlFor="add-number">{steps ? controls.guidanceScale : controls.numSteps}</label>
        {steps ? (
          <NumberField
            id="add-number"
            value={roundedScale(column.guidanceScale - 1)}
            {...EXPERIMENT_LIMITS.w}
            step={0.1}
            onChange={(w) => set({ guidanceScale: roundedScale(w + 1) })}
          />
        ) : (
          <NumberField
            id="add-number"
            value={column.numSteps}
            {...EXPERIMENT_LIMITS.steps}
            step={1}
            onChange={(numSteps) => set({ numSteps: Math.round(numSteps) })}
          />
        )}
        {steps && <span className="hint">w</span>}
      </div>
      <Select
        label={controls.interval}
        value={entries.has(chosenInterval) ? chosenInterval : EVERYWHERE}
        entries={[...entries].map(([id, { label }]) => ({ id, label }))}
        onChange={(id) => set({ interval: entries.get(id)?.interval ?? null })}
      />
      <div className="buttons">
        <button
          type="button"
          className="primary"
          disabled={room < 1}
          onClick={() => {
            const varies = column.guidance === 'classifier' && !steps ? 'scale+1' : 'scale';
            add([{ model: model || null, column, varies }]);
          }}
        >
          {words.curves.addThis}
        </button>
        <button
          type="button"
          disabled={room < 1 || !plain}
          onClick={() =>
            add(
              columns.map((each) => ({
                model: null,
                column: sweepable(each, steps),
                varies: 'scale',
              })),
            )
          }
        >
          {words.curves.addColumns}
        </button>
      </div>
      {room < 1 && <p className="hint">{words.curves.full}</p>}
    </details>
  );
}

/** A column without what is swept: columns that differ in nothing else are one curve. */
function sweepable(column: ColumnSettings, steps: boolean): ColumnSettings {
  return steps
    ? { ...column, numSteps: DEFAULT_COLUMN.numSteps }
    : { ...column, guidanceScale: DEFAULT_COLUMN.guidanceScale, curve: null };
}
