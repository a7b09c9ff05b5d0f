import { useState } from 'react';
import { useClassWords, useWords } from '../../kit/app-context';
import { OffAxis } from '../../kit/OffAxis';
import { PromptField } from '../../kit/PromptField';
import { Select } from '../../kit/Select';
import { Slider } from '../../kit/Slider';
import { commonWords } from '../../kit/words/words';
import type { ColumnSettings, Named } from '../../settings/column';
import { ThresholdField } from './ThresholdField';

interface ExtrasProps {
  readonly column: ColumnSettings;
  readonly model: Named;
  /** Whether the column's rule looks at the label, in which a second class can be mixed. */
  readonly mixes: boolean;
  /** Whether it leads away from the unconditional network, where a negative class can stand. */
  readonly leadsAway: boolean;
  set(changes: Partial<ColumnSettings>): void;
}

/** What else can be done to a column: its estimate thresholded, its label mixed, led away from a class. */
export function ColumnExtras({ column, model, mixes, leadsAway, set }: ExtrasProps) {
  const { extras, prompt } = useWords(commonWords);
  const wordsOf = useClassWords();
  const { threshold, mix, negative } = column;
  const used = threshold !== null || (mixes && mix !== null) || (leadsAway && negative !== null);
  // What is in use is shown; what was opened stays open when the last of it is put back.
  const [opened, setOpened] = useState(used);
  const words = model.prompts
    ? prompt
    : { extras: extras.summary, mix: extras.mix, negative: extras.negative };
  return (
    <details
      className="extras"
      open={opened || used}
      onToggle={({ currentTarget }) => setOpened(currentTarget.open)}
    >
      <summary>{words.extras}</summary>
      <OffAxis name="threshold" label={extras.threshold}>
        <ThresholdField
          label={extras.threshold}
          value={threshold}
          onChange={(value) => set({ threshold: value })}
        />
      </OffAxis>
      {mixes && (
        <OffAxis name="mix" label={words.mix}>
          <NameField
            {...{ model }}
            label={words.mix}
            none={model.prompts ? prompt.noOther : extras.noMix}
            value={mix?.name ?? null}
            onChange={(name) =>
              set({ mix: name === null ? null : { name, share: mix?.share ?? 0.5 } })
            }
          />
          {mix && (
            <Slider
              label={extras.share(wordsOf(mix.name).name)}
              value={mix.share}
              min={0}
              max={1}
              step={0.01}
              onChange={(share) => set({ mix: { ...mix, share } })}
            />
          )}
        </OffAxis>
      )}
      {leadsAway && (
        <OffAxis name="negative" label={words.negative}>
          <NameField
            {...{ model }}
            label={words.negative}
            none={model.prompts ? prompt.noNegative : extras.noNegative}
            hint={model.prompts ? prompt.negativeHint : extras.negativeHint}
            value={negative}
            onChange={(name) => set({ negative: name })}
          />
        </OffAxis>
      )}
    </details>
  );
}

interface NameFieldProps {
  readonly model: Named;
  readonly label: string;
  /** What is said where there is none. */
  readonly none: string;
  readonly hint?: string;
  readonly value: string | null;
  onChange(name: string | null): void;
}

/** One of the model's classes or none, or a prompt where the model takes prompts. */
function NameField({ model, label, none, hint, value, onChange }: NameFieldProps) {
  const wordsOf = useClassWords();
  if (model.prompts) {
    return (
      <div className="field">
        <span aria-hidden="true">{label}</span>
        <PromptField
          {...{ label }}
          value={value ?? ''}
          placeholder={none}
          onChange={([name]) => onChange(name ?? null)}
        />
        {hint && <p className="hint">{hint}</p>}
      </div>
    );
  }
  const names = model.classes.map((name) => ({ id: `=${name}`, label: wordsOf(name).name }));
  return (
    <Select
      {...{ label, hint }}
      value={value === null ? '' : `=${value}`}
      entries={[{ id: '', label: none }, ...names]}
      onChange={(id) => onChange(id === '' ? null : id.slice(1))}
    />
  );
}
