import { useId } from 'react';
import { logAxis } from '../../kit/log-axis';
import { withMinus } from '../../settings/short-text';

interface DialProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Of the number; a logarithmic dial has a hundred equal ratios instead. */
  readonly step?: number;
  readonly logarithmic?: boolean;
  onChange(value: number): void;
}

const RATIOS = 100;

/** A slider of a figure with its number. */
export function Dial({ label, value, min, max, step = 0.1, logarithmic, onChange }: DialProps) {
  const id = useId();
  const text = short(value);
  const axis = logarithmic && logAxis({ min, max }, RATIOS);
  const range = axis
    ? { min: 0, max: RATIOS, step: 1, value: axis.toTick(value) }
    : { min, max, step, value };
  return (
    <div className="dial">
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id}>{text}</output>
      <input
        id={id}
        type="range"
        aria-valuetext={text}
        {...range}
        onChange={({ target }) => {
          const at = Number(target.value);
          onChange(axis ? axis.toValue(at) : at);
        }}
      />
    </div>
  );
}

/** A number with about three digits. */
export function short(value: number): string {
  const text = Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1);
  return withMinus(text.replace(/^-(?=0\.?0*$)/, ''));
}
