import { useId, useState } from 'react';
import { useApp, useAppState, useNetworkWords, useWords } from '../../kit/app-context';
import { PromptField } from '../../kit/PromptField';
import { useScaleOffset } from '../../kit/use-scale-offset';
import { commonWords } from '../../kit/words/words';
import type { DenoiserManifest } from '../../networks/manifest';
import { escaped, unescaped } from '../../settings/address-text';
import { axisChoices, axisKeys, axisSetting, newAxis } from '../../settings/axes';
import { axisName, valueWords } from '../../settings/axis-words';
import { LIMITS } from '../../settings/column';
import { settingOf } from '../../settings/run-settings';
import type { ScaleUnit } from '../../settings/scale-unit';
import type { Axis, Settings } from '../../settings/settings';
import { change } from '../../settings/store';
import { type AxisReading, axisText, readAxisText } from './axis-text';
import { gridWords } from './words';

type Side = 'gridRows' | 'gridColumns';

interface AxisProps {
  readonly side: Side;
  readonly manifest: DenoiserManifest;
}

/** What one axis of the grid varies, and the values that it takes. */
export function AxisPicker({ side, manifest }: AxisProps) {
  const { store } = useApp();
  const strings = useNetworkWords();
  const grid = useWords(gridWords);
  const id = useId();
  const settings = useAppState((state) => state.settings);
  const axis = settings[side];
  const other = settings[side === 'gridRows' ? 'gridColumns' : 'gridRows'];
  const choose = (key: string) => {
    // The other axis's setting: the two change places.
    if (key === other.key) swapAxes(store.getState().settings, (axes) => change(store, axes));
    else change(store, { [side]: newAxis(key, settings, manifest, other) });
  };
  const name = side === 'gridRows' ? grid.rows : grid.columns;
  return (
    <div className="axis" data-axis={side}>
      <label htmlFor={id}>
        <span aria-hidden="true">{side === 'gridRows' ? '↓' : '→'}</span> {name}
      </label>
      <select id={id} value={axis.key} onChange={({ target }) => choose(target.value)}>
        {axisKeys(settings, manifest).map((key) => (
          <option key={key} value={key}>
            {axisName(key, strings)}
          </option>
        ))}
      </select>
      <AxisValues
        key={axis.key}
        {...{ axis, manifest, name }}
        set={(v) => change(store, { [side]: v })}
      />
    </div>
  );
}

/** Rows become columns: every cell stays as it is. */
export function swapAxes(
  { gridRows, gridColumns }: Settings,
  set: (axes: Pick<Settings, Side>) => void,
): void {
  set({ gridRows: gridColumns, gridColumns: gridRows });
}

interface ValuesProps {
  readonly axis: Axis;
  readonly manifest: DenoiserManifest;
  /** Of the axis. */
  readonly name: string;
  set(axis: Axis): void;
}

function AxisValues({ axis, manifest, name, set }: ValuesProps) {
  const grid = useWords(gridWords);
  switch (axisSetting(axis.key)?.axis.kind ?? 'choices') {
    case 'numbers':
      return <ListField {...{ axis, set }} hint={grid.numbersHint} mixed="" />;
    case 'intervals':
      return <ListField {...{ axis, set }} hint={grid.intervalsHint} mixed="" />;
    case 'shares':
      return <SharesField {...{ axis, manifest, name, set }} />;
    case 'choices':
      return <Toggles {...{ axis, manifest, set }} />;
  }
}

interface ListProps extends Pick<ValuesProps, 'axis' | 'set'> {
  readonly hint: string;
  /** The class that shares are of. */
  readonly mixed: string;
}

/** Values as text. They count once they are entered, or the field is left. */
function ListField({ axis, set, hint, mixed }: ListProps) {
  const strings = useNetworkWords();
  const { controls } = strings;
  const grid = useWords(gridWords);
  // As the headers write it: the scale of a classifier is s - 1.
  const unit: ScaleUnit = useScaleOffset() === 1 ? 'w' : 's';
  const [draft, setDraft] = useState<string>();
  const id = useId();
  const style = { unit, all: controls.intervalAll, mixed };
  const setting = axisName(axis.key, strings);
  const reading = draft === undefined ? undefined : readAxisText(axis.key, draft, style);
  const problem = reading && 'problem' in reading ? reading : undefined;
  const enter = () => {
    if (!reading || 'problem' in reading) return;
    set({ key: axis.key, values: reading.values });
    setDraft(undefined);
  };
  const wrong = (found: Extract<AxisReading, { problem: unknown }>): string =>
    found.problem === 'value'
      ? grid.notAValue(found.text, setting)
      : found.problem === 'many'
        ? grid.tooMany(LIMITS.axis)
        : grid.noValues;
  return (
    <div className="list">
      <input
        type="text"
        aria-label={grid.values(setting)}
        aria-describedby={id}
        aria-invalid={problem !== undefined}
        spellCheck={false}
        autoComplete="off"
        value={draft ?? axisText(axis, style)}
        onChange={({ target }) => setDraft(target.value)}
        onBlur={enter}
        onKeyDown={({ key }) => {
          if (key === 'Enter') enter();
          if (key === 'Escape') setDraft(undefined);
        }}
      />
      <p id={id} className="hint" data-wrong={problem !== undefined}>
        {problem ? wrong(problem) : hint}
      </p>
    </div>
  );
}

/** Shares of one class that is mixed in. */
function SharesField({ axis, manifest, name, set }: ValuesProps) {
  const grid = useWords(gridWords);
  const { prompt } = useWords(commonWords);
  const { classes, prompts } = manifest;
  const named = axis.values.find((value) => value !== 'none');
  const first = escaped(prompts?.examples[0] ?? classes[0]!);
  const mixed = named?.slice(0, named.lastIndexOf(':')) ?? first;
  const mix = (name: string) => {
    const share = (value: string) =>
      value === 'none' ? '0' : value.slice(value.lastIndexOf(':') + 1);
    set({ ...axis, values: axis.values.map((value) => `${escaped(name)}:${share(value)}`) });
  };
  return (
    <>
      {prompts ? (
        <PromptField
          label={prompt.mix}
          value={unescaped(mixed)}
          placeholder={prompt.mix}
          onChange={([name]) => {
            if (name !== undefined) mix(name);
          }}
        />
      ) : (
        <select
          aria-label={grid.mixedClass(name)}
          value={mixed}
          onChange={({ target }) => mix(target.value)}
        >
          {[...new Set([...classes, mixed])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      <ListField {...{ axis, set, mixed }} hint={grid.numbersHint} />
    </>
  );
}

/** Values one by one, in the order of their registry; at least one. */
function Toggles({ axis, manifest, set }: Omit<ValuesProps, 'name'>) {
  const strings = useNetworkWords();
  const grid = useWords(gridWords);
  const settings = useAppState((state) => state.settings);
  const choices = axisChoices(axis, settings, manifest);
  const { values } = axis;
  const add = (prompts: readonly string[]) => {
    const added = prompts.map((prompt) =>
      axis.key === 'draw' ? `prompt:${prompt}` : settingOf(axis.key)!.write(prompt),
    );
    set({ ...axis, values: [...new Set([...values, ...added])].slice(-LIMITS.axis) });
  };
  return (
    <>
      <fieldset className="toggles" aria-label={grid.values(axisName(axis.key, strings))}>
        {choices.map((value) => {
          const on = values.includes(value);
          return (
            <button
              key={value}
              type="button"
              aria-pressed={on}
              disabled={on ? values.length === 1 : values.length >= LIMITS.axis}
              onClick={() =>
                set({
                  ...axis,
                  values: choices.filter((v) => values.includes(v) !== (v === value)),
                })
              }
            >
              {valueWords(axis, value, settings, strings)}
            </button>
          );
        })}
      </fieldset>
      {manifest.prompts && axisSetting(axis.key)?.axis.ofClasses && (
        <PromptField
          label={strings.prompt.add}
          value=""
          placeholder={strings.prompt.add}
          many
          onChange={add}
        />
      )}
    </>
  );
}
