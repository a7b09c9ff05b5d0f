import type { ComponentType, ReactNode } from 'react';
import type { NumberParameter } from '../diffusion/parameters';
import {
  actingParameters,
  type ColumnSettings,
  offeredChoices,
  type Predicting,
} from '../settings/column';
import { useWords } from './app-context';
import { Select } from './Select';
import { Slider } from './Slider';
import { choiceEntry, commonWords, nameOf } from './words/words';
import './form.css';

/** What stands around each control; its props are the setting's key in the address and its name. */
export type Frame = ComponentType<{
  readonly name: string;
  readonly label: string;
  readonly children: ReactNode;
}>;

interface ParameterSlidersProps {
  /** A registry's entry. */
  readonly owner: { readonly parameters: readonly NumberParameter[] };
  readonly column: ColumnSettings;
  /** The network of which only the choices that it can follow are offered. Absent: all are. */
  readonly model?: Predicting | undefined;
  onChange(parameters: ColumnSettings['parameters']): void;
  /** What stands around each control. */
  readonly Frame: Frame;
}

/** Controls for whatever parameters a registry's entry declares, as far as they act on this column. */
export function ParameterSliders({ owner, column, model, Frame, onChange }: ParameterSlidersProps) {
  const strings = useWords(commonWords);
  const acting = actingParameters(column);
  return owner.parameters
    .filter((parameter) => acting.includes(parameter))
    .map((parameter) => {
      const { id, choices, default: usual } = parameter;
      const offered = choices && model ? offeredChoices(parameter, column, model) : choices;
      if (offered && offered.length < 2) return null;
      return (
        <Frame key={id} name={id} label={nameOf(strings, parameter)}>
          <ParameterControl
            parameter={offered ? { ...parameter, choices: offered } : parameter}
            value={column.parameters[id] ?? usual}
            onChange={(value) => {
              const { [id]: _, ...others } = column.parameters;
              onChange(value === usual ? others : { ...others, [id]: value });
            }}
          />
        </Frame>
      );
    });
}

function ParameterControl({
  parameter,
  value,
  onChange,
}: {
  parameter: NumberParameter;
  value: number;
  onChange(value: number): void;
}) {
  const strings = useWords(commonWords);
  const { min, max, step, choices } = parameter;
  const label = nameOf(strings, parameter);
  if (!choices) return <Slider {...{ label, value, min, max, step, onChange }} />;
  const entries = choices.map((choice) => choiceEntry(parameter, choice));
  const idOf = (choice: number) => entries[choices.findIndex((each) => each.value === choice)]!.id;
  return (
    <Select
      label={label}
      value={idOf(value)}
      entries={entries}
      onChange={(chosen) => {
        const at = entries.findIndex((entry) => entry.id === chosen);
        onChange(choices[at]!.value);
      }}
    />
  );
}
