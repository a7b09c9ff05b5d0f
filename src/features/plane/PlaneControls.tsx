import { useState } from 'react';
import { findGuidanceRule } from '../../diffusion/guidance';
import { worksInPlane } from '../../diffusion/worlds/plane/world';
import { useApp, useWords } from '../../kit/app-context';
import { LogSlider } from '../../kit/LogSlider';
import { ClassPicker } from '../../kit/plane/ClassPicker';
import { leastScale, PLANE_CHOICES, PLANE_LIMITS } from '../../kit/plane/settings';
import { CLASS_LETTERS, usePlane } from '../../kit/plane/use-plane';
import { RunForm } from '../../kit/RunForm';
import { ScaleSlider } from '../../kit/ScaleSlider';
import { Select } from '../../kit/Select';
import { NumberField, Slider, useDrag } from '../../kit/Slider';
import { commonWords } from '../../kit/words/words';
import { CHOICES } from '../../settings/column';
import { shortNumber } from '../../settings/short-text';
import { addComponent, changeComponent, changePlane, changeRun, removeComponent } from './changes';
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
        <RunControls />
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
  const { planeData } = useWords(commonWords);
  const { components } = usePlane();
  const [chosen, setChosen] = useState(0);
  const index = Math.min(chosen, components.length - 1);
  const component = components[index]!;
  const { weight, std } = component;
  const letters = CLASS_LETTERS.map((letter, label) => ({ letter, label }));
  return (
    <>
      <ClassPicker />
      <p className="hint">{data.hint}</p>
      <Select
        label={data.gaussian}
        value={String(index)}
        entries={components.map((one, i) => ({
          id: String(i),
          label: `${i + 1} · ${planeData.classNamed(CLASS_LETTERS[one.classLabel]!)}`,
        }))}
        onChange={(id) => setChosen(Number(id))}
      />
      <Select
        label={data.classOf}
        value={String(component.classLabel)}
        entries={letters.map(({ letter, label }) => ({
          id: String(label),
          label: planeData.classNamed(letter),
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

function RunControls() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const words = useWords(planeWords);
  const run = useRun();
  const { max, step } = PLANE_LIMITS.guidanceScale;
  return (
    <RunForm
      run={run}
      rules={RULES}
      ruleHint={words.notOffered}
      onChange={(changes) => changeRun(store, changes)}
      scale={
        <div className="with-unit">
          <ScaleSlider
            guidance={run.guidance}
            value={run.guidanceScale}
            min={leastScale(run.guidance)}
            {...{ max, step }}
            onChange={(guidanceScale) => changeRun(store, { guidanceScale })}
          />
        </div>
      }
      shape={
        <Select
          label={controls.shape}
          value={run.shape}
          entries={CHOICES.shape}
          onChange={(shape) => changeRun(store, { shape })}
        />
      }
      more={<WeakBlur />}
    />
  );
}

/** For rules that compare with a weaker network. */
function WeakBlur() {
  const { store } = useApp();
  const { data } = useWords(planeWords);
  const { weakBlur } = usePlane();
  const { guidance, parameters } = useRun();
  const rule = findGuidanceRule(guidance);
  const weak =
    rule.predictions.includes('weak') ||
    (rule.scaleKind === 'classifier' && parameters.classifierSize === 1);
  if (!weak) return null;
  return (
    <Slider
      label={data.blur}
      hint={data.blurHint}
      value={weakBlur}
      {...PLANE_LIMITS.weakBlur}
      onChange={(value) => changePlane(store, { weakBlur: value })}
    />
  );
}

/** Where the slider stands when it is taken from the steps. */
const FIRST_SIGMA = 1;

function PictureControls() {
  const { store } = useApp();
  const { picture } = useWords(planeWords);
  const { heat, arrows, sigma } = usePlane();
  const drag = useDrag();
  const used = arrows !== 'none' || heat === 'noised';
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
        <LogSlider
          label={picture.sigma}
          value={sigma ?? FIRST_SIGMA}
          {...PLANE_LIMITS.sigma}
          text={sigma === null ? picture.follow : shortNumber(sigma)}
          shown={sigma !== null}
          disabled={sigma === null}
          drag={drag}
          onChange={(level) => changePlane(store, { sigma: level })}
        >
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
        </LogSlider>
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
