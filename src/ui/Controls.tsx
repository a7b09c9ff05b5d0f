import { findGuidanceRule } from '../diffusion/guidance';
import { type GuidanceRule, takesLabel, takesNegative } from '../diffusion/guidance/rule';
import type { NumberParameter } from '../diffusion/parameters';
import { findSampler } from '../diffusion/samplers';
import { findSchedule } from '../diffusion/schedules';
import {
  actingParameters,
  CHOICES,
  type ColumnSettings,
  canPredict,
  knowsNoClass,
  LIMITS,
  type Predicting,
} from '../state/settings';
import { change, changeColumn, rollSeed } from '../state/store';
import { useApp, useAppState, useStrings } from './app-context';
import { ColumnExtras } from './ColumnExtras';
import { OverTheSteps } from './CurveEditor';
import { IntervalSlider } from './IntervalSlider';
import { ColourHint, ModelPicker } from './ModelPicker';
import { OffAxis } from './OffAxis';
import { ScaleControl } from './ScaleControl';
import { Select } from './Select';
import { NumberField, Slider } from './Slider';
import { SubjectPicker } from './SubjectPicker';
import { choiceEntry, nameOf } from './strings';

/** More are typed: on a slider up to the limit, the useful numbers would lie within a few pixels. */
const MOST_STEPS_BY_SLIDER = 128;

/** The settings: what is drawn, for all columns, and how, for the active one. */
export function Controls() {
  const strings = useStrings();
  const { controls } = strings;
  const active = useAppState(({ settings }) => settings.active);
  const classes = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.classes : undefined,
  );
  return (
    <aside className="panel" aria-label={controls.label}>
      <div className="model-choice">
        <ModelPicker />
        <ColourHint />
      </div>
      {classes?.length === 0 && <p className="hint">{strings.own.takesNoLabel}</p>}
      {classes && classes.length > 0 && (
        <OffAxis name="draw" label={controls.subject}>
          <SubjectPicker classes={classes} />
        </OffAxis>
      )}
      <section className="group" aria-labelledby="editing">
        <h2 id="editing">{controls.editing(active + 1)}</h2>
        <GuidanceControls />
        <SamplerControls />
        {classes && <Extras classes={classes} />}
      </section>
      <NoiseControls />
    </aside>
  );
}

function useActiveColumn(): [ColumnSettings, (changes: Partial<ColumnSettings>) => void] {
  const { store } = useApp();
  const column = useAppState(({ settings }) => settings.columns[settings.active]!);
  return [column, (changes) => changeColumn(store, changes)];
}

function GuidanceControls() {
  const { controls, own } = useStrings();
  const unguided = useAppState(
    ({ engine }) => engine.status === 'ready' && !knowsNoClass(engine.manifest),
  );
  const [column, set] = useActiveColumn();
  const rule = findGuidanceRule(column.guidance);
  const rules = useOfferedRules();
  return (
    <>
      {rule.usesScale && (
        <OffAxis name="scale" label={controls.guidanceScale}>
          <ScaleControl />
        </OffAxis>
      )}
      <OffAxis name="guidance" label={controls.guidance}>
        <Select
          label={controls.guidance}
          value={column.guidance}
          entries={rules.filter(({ advanced }) => !advanced)}
          more={{
            heading: controls.moreRules,
            entries: rules.filter(({ advanced }) => advanced),
          }}
          hint={unguided ? own.noNullLabel : undefined}
          onChange={(guidance) => set({ guidance })}
        />
      </OffAxis>
      <ParameterSliders owner={rule} />
      {rule.usesScale && (
        <>
          <OffAxis name="interval" label={controls.interval}>
            <IntervalSlider value={column.interval} onChange={(interval) => set({ interval })} />
          </OffAxis>
          <OffAxis name="shape" label={controls.shape}>
            <OverTheSteps />
          </OffAxis>
        </>
      )}
    </>
  );
}

/** What is offered until the model is known. */
const WITHOUT_COMPANIONS: Predicting = { classes: [''] };

/** The rules whose predictions the model and its companions can make. */
function useOfferedRules(): readonly GuidanceRule[] {
  const model = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : WITHOUT_COMPANIONS,
  );
  return CHOICES.guidance.filter((rule) => canPredict(rule, model));
}

function SamplerControls() {
  const { controls } = useStrings();
  const [column, set] = useActiveColumn();
  const { firstOrderOnly } = findGuidanceRule(column.guidance);
  return (
    <>
      <OffAxis name="steps" label={controls.numSteps}>
        <Slider
          label={controls.numSteps}
          value={column.numSteps}
          {...LIMITS.numSteps}
          sliderMax={MOST_STEPS_BY_SLIDER}
          onChange={(numSteps) => set({ numSteps: Math.round(numSteps) })}
        />
      </OffAxis>
      <OffAxis name="sampler" label={controls.sampler}>
        <Select
          label={controls.sampler}
          value={column.sampler}
          entries={CHOICES.sampler.filter(({ firstOrder }) => firstOrder || !firstOrderOnly)}
          hint={firstOrderOnly && controls.firstOrderHint}
          onChange={(sampler) => set({ sampler })}
        />
      </OffAxis>
      <ParameterSliders owner={findSampler(column.sampler)} />
      <OffAxis name="schedule" label={controls.schedule}>
        <Select
          label={controls.schedule}
          value={column.schedule}
          entries={CHOICES.schedule}
          onChange={(schedule) => set({ schedule })}
        />
      </OffAxis>
      <ParameterSliders owner={findSchedule(column.schedule)} />
    </>
  );
}

/** Sliders for whatever parameters a registry entry declares. */
function ParameterSliders({
  owner,
}: {
  owner: { parameters: ReturnType<typeof findSampler>['parameters'] };
}) {
  const strings = useStrings();
  const [column, set] = useActiveColumn();
  const change = (parameter: NumberParameter, value: number) => {
    const { [parameter.id]: _, ...others } = column.parameters;
    const same = value === parameter.default;
    set({ parameters: same ? others : { ...others, [parameter.id]: value } });
  };
  const acting = actingParameters(column);
  return owner.parameters.map((parameter) => {
    if (!acting.includes(parameter)) return null;
    const { id, min, max, step, choices } = parameter;
    const label = nameOf(strings, parameter);
    const value = column.parameters[id] ?? parameter.default;
    if (!choices) {
      return (
        <OffAxis key={id} name={id} label={label}>
          <Slider
            {...{ label, value, min, max, step }}
            onChange={(changed) => change(parameter, changed)}
          />
        </OffAxis>
      );
    }
    const entries = choices.map((choice) => choiceEntry(parameter, choice));
    return (
      <OffAxis key={id} name={id} label={label}>
        <Select
          label={label}
          value={`${id}.${value}`}
          entries={entries}
          onChange={(chosen) => {
            const at = entries.findIndex((entry) => entry.id === chosen);
            change(parameter, choices[at]!.value);
          }}
        />
      </OffAxis>
    );
  });
}

function Extras({ classes }: { classes: readonly string[] }) {
  const [column, set] = useActiveColumn();
  const rule = findGuidanceRule(column.guidance);
  return (
    <ColumnExtras
      {...{ column, classes, set }}
      mixes={takesLabel(rule)}
      leadsAway={takesNegative(rule)}
    />
  );
}

function NoiseControls() {
  const { store } = useApp();
  const { controls } = useStrings();
  const seed = useAppState(({ settings }) => settings.seed);
  const locked = useAppState(({ settings }) => settings.seedLocked);
  const count = useAppState(({ settings }) => settings.count);
  // A word has a sample a letter, a cell of the grid has one.
  const counted = useAppState(
    ({ settings }) => settings.subject.kind !== 'word' && settings.layout !== 'grid',
  );
  return (
    <section className="group" aria-labelledby="noise">
      <h2 id="noise">{controls.more}</h2>
      <OffAxis name="seed" label={controls.seed}>
        <div className="field inline">
          <label htmlFor="seed">{controls.seed}</label>
          <NumberField
            id="seed"
            value={seed}
            min={0}
            max={2 ** 32 - 1}
            step={1}
            onChange={(value) => {
              if (Number.isInteger(value)) change(store, { seed: value });
            }}
          />
          <button type="button" onClick={() => rollSeed(store)}>
            <span aria-hidden="true">⚄</span> {controls.dice}
          </button>
          <label className="check" title={controls.lock}>
            <input
              type="checkbox"
              checked={locked}
              aria-label={controls.lock}
              onChange={({ target }) => change(store, { seedLocked: target.checked })}
            />
            {controls.lockHint}
          </label>
        </div>
      </OffAxis>
      {counted && (
        <Slider
          label={controls.count}
          value={count}
          {...LIMITS.count}
          onChange={(value) => change(store, { count: Math.round(value) })}
        />
      )}
    </section>
  );
}
