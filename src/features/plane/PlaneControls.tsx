import { type ComponentProps, useState } from 'react';
import { findGuidanceRule } from '../../diffusion/guidance';
import { findSampler } from '../../diffusion/samplers';
import { findSchedule } from '../../diffusion/schedules';
import { worksInPlane } from '../../diffusion/worlds/plane/world';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { IntervalSlider } from '../../kit/IntervalSlider';
import { ParameterSliders } from '../../kit/ParameterSliders';
import { Select } from '../../kit/Select';
import { MOST_STEPS_BY_SLIDER, NumberField, Slider, useDrag } from '../../kit/Slider';
import { UnitSwitch } from '../../kit/UnitSwitch';
import { commonWords } from '../../kit/words/words';
import { compact } from '../../settings/describe';
import { CHOICES, LIMITS } from '../../settings/settings';
import { addComponent, changeComponent, changePlane, changeRun, removeComponent } from './changes';
import { leastScale, PLANE_CHOICES, PLANE_LIMITS } from './plane';
import { CLASS_LETTERS, usePlane } from './plane-context';
import { planeWords } from './words';

const RULES = CHOICES.guidance.filter(worksInPlane);

/** The data, the run of the active panel, the particles and what is drawn. */
export function PlaneControls() {
  const { controls } = useWords(commonWords);
  const words = useWords(planeWords);
  const { active } = usePlane();
  return (
    <aside className="panel" aria-label={controls.label}>
      <section className="group" aria-labelledby="plane-data">
        <h2 id="plane-data">{words.data.title}</h2>
        <DataControls />
      </section>
      <section className="group" aria-labelledby="plane-run">
        <h2 id="plane-run">{words.editing(active + 1)}</h2>
        <GuidanceControls />
        <SamplerControls />
      </section>
      <section className="group" aria-labelledby="plane-picture">
        <h2 id="plane-picture">{words.picture.title}</h2>
        <PictureControls />
      </section>
      <section className="group" aria-labelledby="plane-particles">
        <h2 id="plane-particles">{words.particles.title}</h2>
        <ParticleControls />
      </section>
    </aside>
  );
}

function DataControls() {
  const { store } = useApp();
  const { data } = useWords(planeWords);
  const { components, classLabel } = usePlane();
  const [chosen, setChosen] = useState(0);
  const index = Math.min(chosen, components.length - 1);
  const component = components[index]!;
  const { weight, std } = component;
  const exists = (label: number) => components.some((one) => one.classLabel === label);
  const letters = CLASS_LETTERS.map((letter, label) => ({ letter, label }));
  return (
    <>
      <fieldset className="field plane-classes">
        <legend>{data.wanted}</legend>
        <div className="segments">
          {letters.map(({ letter, label }) => (
            <button
              key={letter}
              type="button"
              data-class={label}
              aria-label={data.classNamed(letter)}
              aria-pressed={label === classLabel}
              disabled={!exists(label)}
              onClick={() => changePlane(store, { classLabel: label })}
            >
              {letter}
            </button>
          ))}
        </div>
      </fieldset>
      <p className="hint">{data.hint}</p>
      <Select
        label={data.gaussian}
        value={String(index)}
        entries={components.map((one, i) => ({
          id: String(i),
          label: `${i + 1} · ${data.classNamed(CLASS_LETTERS[one.classLabel]!)}`,
        }))}
        onChange={(id) => setChosen(Number(id))}
      />
      <Select
        label={data.classOf}
        value={String(component.classLabel)}
        entries={letters.map(({ letter, label }) => ({
          id: String(label),
          label: data.classNamed(letter),
        }))}
        onChange={(id) => changeComponent(store, index, { classLabel: Number(id) })}
      />
      <Slider
        label={data.weight}
        value={weight}
        {...PLANE_LIMITS.weight}
        onChange={(value) => changeComponent(store, index, { weight: value })}
      />
      <Slider
        label={data.width}
        value={std}
        {...PLANE_LIMITS.std}
        onChange={(value) => changeComponent(store, index, { std: value })}
      />
      <div className="inline">
        <button
          type="button"
          disabled={components.length >= PLANE_LIMITS.components.max}
          onClick={() => setChosen(addComponent(store, index))}
        >
          {data.add}
        </button>
        <button
          type="button"
          disabled={components.length <= PLANE_LIMITS.components.min}
          onClick={() => removeComponent(store, index)}
        >
          {data.remove}
        </button>
      </div>
    </>
  );
}

function useRun() {
  const { runs, active } = usePlane();
  return runs[active]!;
}

function RunParameters({ owner }: Pick<ComponentProps<typeof ParameterSliders>, 'owner'>) {
  const { store } = useApp();
  return (
    <ParameterSliders
      owner={owner}
      column={useRun()}
      onChange={(parameters) => changeRun(store, { parameters })}
    />
  );
}

function GuidanceControls() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const words = useWords(planeWords);
  const { weakBlur } = usePlane();
  const run = useRun();
  const rule = findGuidanceRule(run.guidance);
  const weak =
    rule.predictions.includes('weak') ||
    (rule.scaleKind === 'classifier' && run.parameters.classifierSize === 1);
  return (
    <>
      {rule.usesScale && <Scale />}
      <Select
        label={controls.guidance}
        value={run.guidance}
        entries={RULES.filter(({ advanced }) => !advanced)}
        more={{ heading: controls.moreRules, entries: RULES.filter(({ advanced }) => advanced) }}
        hint={words.notOffered}
        onChange={(guidance) => changeRun(store, { guidance })}
      />
      <RunParameters owner={rule} />
      {weak && (
        <Slider
          label={words.data.blur}
          hint={words.data.blurHint}
          value={weakBlur}
          {...PLANE_LIMITS.weakBlur}
          onChange={(value) => changePlane(store, { weakBlur: value })}
        />
      )}
      {rule.usesScale && (
        <>
          <IntervalSlider
            value={run.interval}
            onChange={(interval) => changeRun(store, { interval })}
          />
          <Select
            label={controls.shape}
            value={run.shape}
            entries={CHOICES.shape}
            onChange={(shape) => changeRun(store, { shape })}
          />
        </>
      )}
    </>
  );
}

/** As s or as the paper's w; the classifier's own counts from 0. */
function Scale() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const unit = useAppState(({ settings }) => settings.unit);
  const { guidance, guidanceScale } = useRun();
  const ofClassifier = findGuidanceRule(guidance).scaleKind === 'classifier';
  const offset = ofClassifier || unit === 'w' ? 1 : 0;
  const hint = unit === 's' ? controls.scaleHintS : controls.scaleHintW;
  const { max, step } = PLANE_LIMITS.guidanceScale;
  const rounded = (value: number) => Number(value.toFixed(4));
  return (
    <div className="with-unit">
      <Slider
        // Another one, so that a number half typed does not outlive its unit.
        key={`${ofClassifier} ${unit}`}
        label={ofClassifier ? controls.classifierScale : controls.guidanceScale}
        hint={ofClassifier ? controls.scaleHintClassifier : hint}
        value={rounded(guidanceScale - offset)}
        min={rounded(leastScale(guidance) - offset)}
        max={max - offset}
        step={step}
        onChange={(value) => changeRun(store, { guidanceScale: rounded(value + offset) })}
      />
      {!ofClassifier && <UnitSwitch />}
    </div>
  );
}

function SamplerControls() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const run = useRun();
  const { firstOrderOnly } = findGuidanceRule(run.guidance);
  return (
    <>
      <Slider
        label={controls.numSteps}
        value={run.numSteps}
        {...LIMITS.numSteps}
        sliderMax={MOST_STEPS_BY_SLIDER}
        onChange={(numSteps) => changeRun(store, { numSteps: Math.round(numSteps) })}
      />
      <Select
        label={controls.sampler}
        value={run.sampler}
        entries={CHOICES.sampler.filter(({ firstOrder }) => firstOrder || !firstOrderOnly)}
        hint={firstOrderOnly && controls.firstOrderHint}
        onChange={(sampler) => changeRun(store, { sampler })}
      />
      <RunParameters owner={findSampler(run.sampler)} />
      <Select
        label={controls.schedule}
        value={run.schedule}
        entries={CHOICES.schedule}
        onChange={(schedule) => changeRun(store, { schedule })}
      />
      <RunParameters owner={findSchedule(run.schedule)} />
    </>
  );
}

/** The noise level's slider is logarithmic, in whole thousandths. */
const TICKS = 1000;
const LOG_MIN = Math.log(PLANE_LIMITS.sigma.min);
const LOG_SPAN = Math.log(PLANE_LIMITS.sigma.max) - LOG_MIN;
/** Where the slider stands when it is taken from the steps. */
const FIRST_SIGMA = 1;

function PictureControls() {
  const { store } = useApp();
  const { picture } = useWords(planeWords);
  const { heat, arrows, sigma } = usePlane();
  const drag = useDrag();
  const used = arrows !== 'none' || heat === 'noised';
  const shown = sigma ?? FIRST_SIGMA;
  return (
    <>
      <Select
        label={picture.heat}
        value={heat}
        entries={PLANE_CHOICES.heat.map((id) => ({ id, label: picture.heats[id] }))}
        onChange={(value) => changePlane(store, { heat: value })}
      />
      <Select
        label={picture.arrows}
        value={arrows}
        entries={PLANE_CHOICES.arrows.map((id) => ({ id, label: picture.arrowsOf[id] }))}
        onChange={(value) => changePlane(store, { arrows: value })}
      />
      {used && (
        <div className="field">
          <label htmlFor="plane-sigma">
            {picture.sigma} {sigma !== null && <output>{compact(sigma)}</output>}
          </label>
          <input
            id="plane-sigma"
            type="range"
            min={0}
            max={TICKS}
            step={1}
            disabled={sigma === null}
            value={Math.round(((Math.log(shown) - LOG_MIN) / LOG_SPAN) * TICKS)}
            aria-valuetext={sigma === null ? picture.follow : compact(sigma)}
            {...drag}
            onChange={({ target }) => {
              const level = Math.exp(LOG_MIN + (Number(target.value) / TICKS) * LOG_SPAN);
              const { min, max } = PLANE_LIMITS.sigma;
              const rounded = Math.min(max, Math.max(min, Number(level.toPrecision(3))));
              changePlane(store, { sigma: rounded });
            }}
          />
          <label className="check">
            <input
              type="checkbox"
              checked={sigma === null}
              onChange={({ target }) =>
                changePlane(store, { sigma: target.checked ? null : FIRST_SIGMA })
              }
            />
            {picture.follow}
          </label>
        </div>
      )}
    </>
  );
}

function ParticleControls() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const words = useWords(planeWords);
  const { particles, seed, paths } = usePlane();
  return (
    <>
      <Slider
        label={words.particles.count}
        value={particles}
        {...PLANE_LIMITS.particles}
        onChange={(value) => changePlane(store, { particles: Math.round(value) })}
      />
      <Slider
        label={words.particles.paths}
        value={paths}
        {...PLANE_LIMITS.paths}
        onChange={(value) => changePlane(store, { paths: Math.round(value) })}
      />
      <div className="field inline">
        <label htmlFor="plane-seed">{controls.seed}</label>
        <NumberField
          id="plane-seed"
          value={seed}
          {...PLANE_LIMITS.seed}
          onChange={(value) => {
            if (Number.isInteger(value)) changePlane(store, { seed: value });
          }}
        />
        <button
          type="button"
          onClick={() => changePlane(store, { seed: Math.floor(Math.random() * 100_000) })}
        >
          <span aria-hidden="true">⚄</span> {controls.dice}
        </button>
      </div>
    </>
  );
}
