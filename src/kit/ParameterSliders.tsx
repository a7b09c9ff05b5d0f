import { actingParameters, type ColumnSettings } from '../settings/column';
import type { NumberParameter } from '../diffusion/parameters';
import { useWords } from './app-context';
import type { Frame } from './RunForm';
import { Select } from './Select';
import { Slider } from './Slider';
import { choiceEntry, commonWords, nameOf } from './words/words';

interface ParameterSlidersProps {
  /** A registry's entry. */
  readonly owner: { readonly parameters: readonly NumberParameter[] };
  readonly column: ColumnSettings;
  onChange(parameters: ColumnSettings['parameters']): void;
  /** What stands around each control. */
  readonly Frame: Frame;
}

/** Controls for whatever parameters a registry's entry declares, as far as they act on this column. */
export function ParameterSliders({ owner, column, Frame, onChange }: ParameterSlidersProps) {
  const strings = useWords(commonWords);
  const acting = actingParameters(column);
  return owner.parameters
    .filter((parameter) => acting.includes(parameter))
    .map((parameter) => {
      const { id, default: usual } = parameter;
      return (
        <Frame key={id} name={id} label={nameOf(strings, parameter)}>
          <ParameterControl
            parameter={parameter}
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
