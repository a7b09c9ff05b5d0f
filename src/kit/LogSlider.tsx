import { type ReactNode, useId } from 'react';
import { logAxis } from './log-axis';
import type { useDrag } from './Slider';

interface LogSliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** The value as it is read out; shown beside the label too, unless `shown` says otherwise. */
  readonly text: string;
  readonly shown?: boolean;
  readonly disabled?: boolean;
  /** Handlers of `useDrag`, where moving the slider runs something. */
  readonly drag?: ReturnType<typeof useDrag>;
  /** What stands below the slider. */
  readonly children?: ReactNode;
  onChange(value: number): void;
}

/** A slider on a logarithmic axis. */
export function LogSlider(props: LogSliderProps) {
  const { label, value, min, max, text, shown = true, disabled, drag, children, onChange } = props;
  const id = useId();
  const axis = logAxis({ min, max });
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {shown && <output>{text}</output>}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={axis.ticks}
        step={1}
        value={axis.toTick(value)}
        aria-valuetext={text}
        {...{ disabled, ...drag }}
        onChange={({ target }) => onChange(axis.toValue(Number(target.value)))}
      />
      {children}
    </div>
  );
}
