import { useId } from 'react';
import { useStrings } from './app-context';
import { nameOf } from './strings';

interface Entry<Id extends string> {
  readonly id: Id;
  readonly label: string;
}

interface SelectProps<Id extends string> {
  readonly label: string;
  readonly value: Id;
  /** A registry. */
  readonly entries: readonly Entry<Id>[];
  onChange(id: Id): void;
}

/** A choice from a registry. */
export function Select<Id extends string>({ label, value, entries, onChange }: SelectProps<Id>) {
  const id = useId();
  const strings = useStrings();
  return (
    <div className="field inline">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = entries.find((entry) => entry.id === event.target.value);
          if (chosen) onChange(chosen.id);
        }}
      >
        {entries.map((entry) => (
          <option key={entry.id} value={entry.id}>
            {nameOf(strings, entry)}
          </option>
        ))}
      </select>
    </div>
  );
}
