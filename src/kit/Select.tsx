import { useId } from 'react';
import { useWords } from './app-context';
import { commonWords, nameOf } from './words/words';
import './form.css';

interface Entry<Id extends string> {
  readonly id: Id;
  readonly label: string;
}

interface SelectProps<Id extends string> {
  readonly label: string;
  readonly value: Id;
  /** A registry, or names that are the same in every language. */
  readonly entries: readonly Entry<Id>[];
  /** Less common entries, under a heading of their own. */
  readonly more?: { readonly heading: string; readonly entries: readonly Entry<Id>[] } | undefined;
  readonly hint?: string | undefined;
  onChange(id: Id): void;
}

/** A choice of one from a list. */
export function Select<Id extends string>(props: SelectProps<Id>) {
  const { label, value, entries, more, hint, onChange } = props;
  const id = useId();
  const strings = useWords(commonWords);
  const options = (list: readonly Entry<Id>[]) =>
    list.map((entry) => (
      <option key={entry.id} value={entry.id}>
        {nameOf(strings, entry)}
      </option>
    ));
  return (
    <div className="field inline">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = [...entries, ...(more?.entries ?? [])].find(
            (entry) => entry.id === event.target.value,
          );
          if (chosen) onChange(chosen.id);
        }}
      >
        {options(entries)}
        {more && more.entries.length > 0 && (
          <optgroup label={more.heading}>{options(more.entries)}</optgroup>
        )}
      </select>
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}
