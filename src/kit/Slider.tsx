import { useId, useState } from 'react';
import { useApp } from './app-context';
import './form.css';

export interface SliderProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where the slider itself ends, if larger numbers can only be typed. */
  readonly sliderMax?: number;
  readonly disabled?: boolean | undefined;
  onChange(value: number): void;
}

/** A slider with its number beside it. */
export function Slider(props: SliderProps) {
  const { label, hint, value, min, max, step, sliderMax = max, disabled, onChange } = props;
  const id = useId();
  const drag = useDrag();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="slider">
        <input
          id={id}
          type="range"
          {...{ value, min, step, disabled }}
          max={sliderMax}
          {...drag}
          onChange={(event) => onChange(Number(event.target.value))}
        />
        <NumberField {...{ label, value, min, max, step, disabled, onChange }} />
      </div>
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}

/** The number alone, under its name. */
export function LabelledNumber(props: SliderProps) {
  const { label, hint, value, min, max, step, disabled, onChange } = props;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <NumberField {...{ id, value, min, max, step, disabled, onChange }} />
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}

interface NumberFieldProps extends Omit<SliderProps, 'label' | 'hint' | 'sliderMax'> {
  readonly label?: string;
  readonly id?: string;
}

/** A number that can be typed freely: what is half typed stays, and counts once it is in range. */
export function NumberField(props: NumberFieldProps) {
  const { label, id, value, min, max, step, disabled, onChange } = props;
  const [draft, setDraft] = useState<string>();
  return (
    <input
      id={id}
      type="number"
      aria-label={label}
      {...{ min, max, step, disabled }}
      value={draft ?? value}
      onChange={({ target }) => {
        setDraft(target.value);
        const number = target.valueAsNumber; // NaN while it is not a number
        if (number >= min && number <= max) onChange(number);
      }}
      onBlur={() => setDraft(undefined)}
    />
  );
}

/** Handlers that tell the store when a slider is held, by pointer or by key. */
export function useDrag() {
  const { store } = useApp();
  const hold = () => store.setState({ dragging: true });
  const release = () => store.setState({ dragging: false });
  return {
    onPointerDown: hold,
    onPointerUp: release,
    onPointerCancel: release,
    onKeyDown: ({ key }: { key: string }) => {
      if (key.startsWith('Arrow') || key.startsWith('Page')) hold();
    },
    onKeyUp: release,
    onBlur: release,
  };
}
