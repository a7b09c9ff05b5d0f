import type { ReactNode } from 'react';
import { findGuidanceRule } from '../../diffusion/guidance';
import { takesLabel, takesNegative } from '../../diffusion/guidance/rule';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { OffAxis } from '../../kit/OffAxis';
import { RunForm } from '../../kit/RunForm';
import { NumberField, Slider } from '../../kit/Slider';
import { Slot } from '../../kit/Slot';
import { commonWords } from '../../kit/words/words';
import {
  CHOICES,
  type ColumnSettings,
  canPredict,
  hasNullClass,
  isConditional,
  LIMITS,
  type Predicting,
  takesScale,
} from '../../settings/column';
import { change, changeColumn, rollSeed } from '../../settings/store';
import { USUAL_COUNT } from '../../settings/subject';
import { warningsOf } from '../../settings/warnings';
import { ColumnExtras } from './ColumnExtras';
import { OverTheSteps } from './CurveEditor';
import { PromptPicker } from './PromptPicker';
import { ScaleControl } from './ScaleControl';
import { StageControls, StageExpert } from './StageControls';
import { SubjectPicker } from './SubjectPicker';
import { ViewSwitch } from './Timeline';
import { playgroundWords } from './words';

/**
 * The settings on three levels: what is drawn from which noise, for all columns; the active column's
 * method; and what is seldom changed.
 */
export function Controls() {
  const strings = useWords(commonWords);
  const { controls } = strings;
  const { unguidable } = useWords(playgroundWords);
  const active = useAppState(({ settings }) => settings.active);
  const manifest = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  return (
    <>
      <div className="model-choice">
        <Slot name="modelChoice" />
      </div>
      {!manifest && <div className="to-come" />}
      {manifest && !isConditional(manifest) && <p className="hint">{unguidable.takesNoLabel}</p>}
      {manifest && isConditional(manifest) && (
        <OffAxis name="draw" label={controls.subject}>
          {manifest.prompts ? (
            <PromptPicker examples={manifest.prompts.examples} />
          ) : (
            <SubjectPicker model={manifest} />
          )}
        </OffAxis>
      )}
      <NoiseControls />
      <ViewSwitch />
      <section className="group" aria-labelledby="editing">
        <h2 id="editing">{controls.editing(active + 1)}</h2>
        <Warnings />
        <RunControls />
      </section>
    </>
  );
}

/** Folded until it is asked for; the address remembers. */
function Expert({ children }: { readonly children: ReactNode }) {
  const { store } = useApp();
  const { expert: words } = useWords(playgroundWords);
  const open = useAppState(({ settings }) => settings.expert);
  return (
    <details
      className="expert"
      open={open}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== open) change(store, { expert: currentTarget.open });
      }}
    >
      <summary>{words.summary}</summary>
      <div className="group">{children}</div>
    </details>
  );
}

function useActiveColumn(): [ColumnSettings, (changes: Partial<ColumnSettings>) => void] {
  const { store } = useApp();
  const column = useAppState(({ settings }) => settings.columns[settings.active]!);
  return [column, (changes) => changeColumn(store, changes)];
}

/** What of the active column's settings does not do what it seems to. */
function Warnings() {
  const { warnings } = useWords(playgroundWords);
  const [column] = useActiveColumn();
  return (
    <div aria-live="polite">
      {warningsOf(column).map((warning) => (
        <p key={warning} className="notice" data-warning={warning}>
          {warnings[warning]}
        </p>
      ))}
    </div>
  );
}

function RunControls() {
  const { unguidable } = useWords(playgroundWords);
  const manifest = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const model = manifest ?? WITHOUT_COMPANIONS;
  const [column, set] = useActiveColumn();
  const unguided = hasNullClass(model) ? undefined : unguidable.noNullLabel;
  return (
    <RunForm
      run={column}
      rules={CHOICES.guidance.filter((rule) => canPredict(rule, model))}
      model={model}
      ruleHint={takesScale(model) ? unguidable.student : unguided}
      scale={<ScaleControl />}
      shape={<OverTheSteps />}
      stages={<StageControls />}
      expert={
        <>
          {manifest && <Extras model={manifest} />}
          <StageExpert />
          <FilmSwitch />
        </>
      }
      Expert={Expert}
      Frame={OffAxis}
      onChange={set}
    />
  );
}

/** What is offered until the model is known. */
const WITHOUT_COMPANIONS: Predicting = { classes: [''] };

function Extras({ model }: { readonly model: Predicting }) {
  const [column, set] = useActiveColumn();
  const rule = findGuidanceRule(column.guidance);
  return (
    <ColumnExtras
      {...{ column, model, set }}
      mixes={takesLabel(rule)}
      leadsAway={takesNegative(rule) && !takesScale(model)}
    />
  );
}

/** Whether other scales are drawn while nothing else is computed. */
function FilmSwitch() {
  const { store } = useApp();
  const { expert: words } = useWords(playgroundWords);
  const film = useAppState(({ settings }) => settings.film);
  return (
    <label className="check" title={words.filmHint}>
      <input
        type="checkbox"
        checked={film}
        onChange={({ target }) => change(store, { film: target.checked })}
      />
      {words.film}
    </label>
  );
}

function NoiseControls() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const seed = useAppState(({ settings }) => settings.seed);
  const locked = useAppState(({ settings }) => settings.seedLocked);
  const count = useAppState(({ settings }) => settings.count || USUAL_COUNT);
  // Several classes have a sample each, a cell of the grid has one.
  const counted = useAppState(
    ({ settings }) => settings.subject.kind !== 'each' && settings.layout !== 'grid',
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
