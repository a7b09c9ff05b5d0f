import { useState } from 'react';
import { type Threshold, thresholdPercentile } from '../../diffusion/guidance/threshold';
import { useClassWords, useWords } from '../../kit/app-context';
import { OffAxis } from '../../kit/OffAxis';
import { Select } from '../../kit/Select';
import { Slider } from '../../kit/Slider';
import { commonWords, nameOf } from '../../kit/words/words';
import type { ColumnSettings } from '../../settings/column';

interface ExtrasProps {
  readonly column: ColumnSettings;
  readonly classes: readonly string[];
  /** Whether the column's rule looks at the label, in which a second class can be mixed. */
  readonly mixes: boolean;
  /** Whether it leads away from the unconditional network, where a negative class can stand. */
  readonly leadsAway: boolean;
  set(changes: Partial<ColumnSettings>): void;
}

/** What else can be done to a column: its estimate thresholded, its label mixed, led away from a class. */
export function ColumnExtras({ column, classes, mixes, leadsAway, set }: ExtrasProps) {
  const strings = useWords(commonWords);
  const { extras } = strings;
  const wordsOf = useClassWords();
  const { threshold, mix, negative } = column;
  const used = threshold !== null || (mixes && mix !== null) || (leadsAway && negative !== null);
  // What is in use is shown; what was opened stays open when the last of it is put back.
  const [opened, setOpened] = useState(used);
  const ids = classes.map((name) => ({ id: `=${name}`, label: wordsOf(name).name }));
  const chosen = (id: string) => (id === '' ? null : id.slice(1));
  return (
    <details
      className="extras"
      open={opened || used}
      onToggle={({ currentTarget }) => setOpened(currentTarget.open)}
    >
      <summary>{extras.summary}</summary>
      <OffAxis name="threshold" label={extras.threshold}>
        <Select
          label={extras.threshold}
          value={threshold?.kind ?? 'none'}
          entries={[
            { id: 'none', label: extras.noThreshold },
            { id: 'static', label: extras.staticThreshold },
            { id: 'dynamic', label: extras.dynamicThreshold },
          ]}
          onChange={(kind) => set({ threshold: thresholdOf(kind) })}
        />
        {threshold?.kind === 'dynamic' && (
          <Slider
            label={nameOf(strings, thresholdPercentile)}
            value={threshold.percentile}
            min={thresholdPercentile.min}
            max={thresholdPercentile.max}
            step={thresholdPercentile.step}
            onChange={(percentile) => set({ threshold: { kind: 'dynamic', percentile } })}
          />
        )}
      </OffAxis>
      {mixes && (
        <OffAxis name="mix" label={extras.mix}>
          <Select
            label={extras.mix}
            value={mix ? `=${mix.name}` : ''}
            entries={[{ id: '', label: extras.noMix }, ...ids]}
            onChange={(id) => {
              const name = chosen(id);
              set({ mix: name === null ? null : { name, share: mix?.share ?? 0.5 } });
            }}
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
        <OffAxis name="negative" label={extras.negative}>
          <Select
            label={extras.negative}
            hint={extras.negativeHint}
            value={negative === null ? '' : `=${negative}`}
            entries={[{ id: '', label: extras.noNegative }, ...ids]}
            onChange={(id) => set({ negative: chosen(id) })}
          />
        </OffAxis>
      )}
    </details>
  );
}

function thresholdOf(kind: string): Threshold | null {
  switch (kind) {
    case 'static':
      return { kind: 'static' };
    case 'dynamic':
      return { kind: 'dynamic', percentile: thresholdPercentile.default };
    default:
      return null;
  }
}
