import { type Threshold, thresholdPercentile } from '../../diffusion/guidance/threshold';
import { useWords } from '../../kit/app-context';
import { Select } from '../../kit/Select';
import { Slider } from '../../kit/Slider';
import { commonWords, nameOf } from '../../kit/words/words';

interface ThresholdFieldProps {
  readonly label: string;
  readonly value: Threshold | null;
  onChange(threshold: Threshold | null): void;
}

/** How an estimate is kept in range. */
export function ThresholdField({ label, value, onChange }: ThresholdFieldProps) {
  const strings = useWords(commonWords);
  const { extras } = strings;
  return (
    <>
      <Select
        label={label}
        value={value?.kind ?? 'none'}
        entries={[
          { id: 'none', label: extras.noThreshold },
          { id: 'static', label: extras.staticThreshold },
          { id: 'dynamic', label: extras.dynamicThreshold },
        ]}
        onChange={(kind) => onChange(thresholdOf(kind))}
      />
      {value?.kind === 'dynamic' && (
        <Slider
          label={nameOf(strings, thresholdPercentile)}
          value={value.percentile}
          min={thresholdPercentile.min}
          max={thresholdPercentile.max}
          step={thresholdPercentile.step}
          onChange={(percentile) => onChange({ kind: 'dynamic', percentile })}
        />
      )}
    </>
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
