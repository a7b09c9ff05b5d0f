import type { ComponentType } from 'react';
import { isClassifierScale, roundedScale, scaleOffset } from '../settings/scale-unit';
import { useAppState, useWords } from './app-context';
import { LabelledNumber, Slider, type SliderProps } from './Slider';
import { UnitSwitch } from './UnitSwitch';
import { commonWords } from './words/words';

interface ScaleSliderProps {
  readonly guidance: string;
  /** As s, like the ends of its range. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly disabled?: boolean;
  /** In place of the one that explains the scale. */
  readonly hint?: string | undefined;
  onChange(scale: number): void;
}

/** A rule's guidance scale as s or as the paper's w; the classifier's own counts from 0. */
export function ScaleSlider(props: ScaleSliderProps) {
  return <Scale {...props} Control={Slider} />;
}

/** The same as a number alone: the rail has the handle. */
export function ScaleNumber(props: ScaleSliderProps) {
  return <Scale {...props} Control={LabelledNumber} />;
}

function Scale(props: ScaleSliderProps & { readonly Control: ComponentType<SliderProps> }) {
  const { guidance, value, min, max, step, disabled, hint, Control, onChange } = props;
  const { controls } = useWords(commonWords);
  const unit = useAppState(({ settings }) => settings.unit);
  const offset = scaleOffset(guidance, unit);
  const ofClassifier = isClassifierScale(guidance);
  const usual = ofClassifier
    ? controls.scaleHintClassifier
    : unit === 's'
      ? controls.scaleHintS
      : controls.scaleHintW;
  return (
    <>
      <Control
        // Another one, so that a number half typed does not outlive its unit.
        key={`${ofClassifier} ${unit}`}
        label={ofClassifier ? controls.classifierScale : controls.guidanceScale}
        hint={hint ?? usual}
        value={roundedScale(value - offset)}
        min={roundedScale(min - offset)}
        max={max - offset}
        step={step}
        disabled={disabled}
        onChange={(shown) => onChange(roundedScale(shown + offset))}
      />
      {!ofClassifier && <UnitSwitch />}
    </>
  );
}
