import type { ReactNode } from 'react';
import type { NumberParameter } from '../diffusion/parameters';
import { actingParameters, type ColumnSettings } from '../settings/settings';
import { useWords } from './app-context';
import { OffAxis } from './OffAxis';
import { Select } from './Select';
import { Slider } from './Slider';
import { choiceEntry, commonWords, nameOf } from './words/words';

interface ParameterSlidersProps {
  /** A registry's entry. */
  readonly owner: { readonly parameters: readonly NumberParameter[] };
  readonly column: ColumnSettings;
  onChange(parameters: ColumnSettings['parameters']): void;
  /** Whether they leave for the grid's axes. */
  readonly inGrid?: boolean;
}

/** Controls for whatever parameters a registry's entry declares, as far as they act on this column. */
export function ParameterSliders({ owner, column, onChange, inGrid }: ParameterSlidersProps) {
  const acting = actingParameters(column);
  return owner.parameters
    .filter((parameter) => acting.includes(parameter))
    .map((parameter) => {
      const { id, default: usual } = parameter;
      const control = (
        <ParameterControl
          key={id}
          parameter={parameter}
          value={column.parameters[id] ?? usual}
          onChange={(value) => {
            const { [id]: _, ...others } = column.parameters;
            onChange(value === usual ? others : { ...others, [id]: value });
          }}
        />
      );
      return inGrid ? <Framed key={id} {...{ parameter, control }} /> : control;
    });
}

function Framed({ parameter, control }: { parameter: NumberParameter; control: ReactNode }) {
  const label = nameOf(useWords(commonWords), parameter);
  return (
    <OffAxis name={parameter.id} label={label}>
      {control}
    </OffAxis>
  );
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
