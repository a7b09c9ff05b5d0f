import { useId } from 'react';
import { useApp } from './app-context';

interface SliderProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  onChange(value: number): void;
}

/** A slider with its number beside it. While the slider is held, runs are previews. */
export function Slider({ label, hint, value, min, max, step, onChange }: SliderProps) {
  const id = useId();
  const drag = useDrag();
  const set = (text: string) => {
    const number = Number(text);
    if (text === '' || !Number.isFinite(number)) return;
    onChange(Math.min(max, Math.max(min, number)));
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="slider">
        <input
          id={id}
          type="range"
          {...{ value, min, max, step }}
          {...drag}
          onChange={(event) => set(event.target.value)}
        />
        <input
          type="number"
          aria-label={label}
          {...{ value, min, max, step }}
          onChange={(event) => set(event.target.value)}
        />
      </div>
      {hint && <p className="hint">{hint}</p>}
    </div>
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
