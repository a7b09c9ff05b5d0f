import { useId, useState } from 'react';

interface FieldProps<T> {
  readonly label: string;
  readonly value: T;
  readonly hint?: string;
  readonly disabled?: boolean;
  /** Where the answer comes from; nothing: it needs no word. */
  readonly source?: string | undefined;
  onChange(value: T): void;
}

/** A line of text with its label above. */
export function Text({ label, value, hint, onChange }: FieldProps<string>) {
  const id = useId();
  return (
    <div className="own-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={value}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={hint && `${id}-hint`}
        onChange={({ target }) => onChange(target.value)}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** A number as it is typed; NaN where there is none. */
export function Numeric({ label, value, disabled, source, onChange }: FieldProps<number>) {
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const shown = typed !== undefined && Number(typed) === value ? typed : String(value);
  return (
    <div className="own-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        step="any"
        value={Number.isNaN(value) ? '' : shown}
        disabled={disabled}
        aria-describedby={source && `${id}-source`}
        onChange={({ target }) => {
          setTyped(target.value);
          onChange(target.value === '' ? Number.NaN : Number(target.value));
        }}
      />
      <SourceMark {...{ id, source }} />
    </div>
  );
}

/** One of several. */
export function Choice<Id extends string>({
  label,
  value,
  names,
  source,
  onChange,
}: FieldProps<Id> & { readonly names: Partial<Readonly<Record<Id, string>>> }) {
  const id = useId();
  const ids = Object.keys(names) as Id[];
  return (
    <div className="own-field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={source && `${id}-source`}
        onChange={({ target }) => {
          const chosen = ids.find((known) => known === target.value);
          if (chosen) onChange(chosen);
        }}
      >
        {ids.map((known) => (
          <option key={known} value={known}>
            {names[known]}
          </option>
        ))}
      </select>
      <SourceMark {...{ id, source }} />
    </div>
  );
}

function SourceMark({ id, source }: { readonly id: string; readonly source: string | undefined }) {
  return (
    source && (
      <small className="source" id={`${id}-source`}>
        {source}
      </small>
    )
  );
}
