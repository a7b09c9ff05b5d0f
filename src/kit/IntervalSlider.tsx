import { INTERVAL_RANGE } from '../settings/column';
import { shortNumber } from '../settings/short-text';
import { useWords } from './app-context';
import { logAxis } from './log-axis';
import { useDrag } from './Slider';
import { commonWords } from './words/words';
import './interval-slider.css';

/** Thumb positions are whole thousandths of the axis. */
const { ticks: TICKS, toValue: toSigma, toTick } = logAxis(INTERVAL_RANGE);

/** An arrow key multiplies the noise level by 1.24: fifty presses from one end to the other. */
const KEY_TICKS: Readonly<Record<string, number>> = {
  ArrowLeft: -TICKS / 50,
  ArrowDown: -TICKS / 50,
  ArrowRight: TICKS / 50,
  ArrowUp: TICKS / 50,
};

type Interval = readonly [number, number] | null;

/** Two thumbs on a logarithmic axis of noise levels; both at their ends means everywhere. */
export function IntervalSlider({
  value,
  onChange,
}: {
  value: Interval;
  onChange(value: Interval): void;
}) {
  const { controls } = useWords(commonWords);
  const drag = useDrag();
  const [low, high] = value ? [toTick(value[0]), toTick(value[1])] : [0, TICKS];
  const set = (lowTick: number, highTick: number) => {
    const whole = lowTick <= 0 && highTick >= TICKS;
    onChange(whole ? null : [toSigma(lowTick), toSigma(highTick)]);
  };
  const byKey = (event: React.KeyboardEvent, move: (ticks: number) => void) => {
    drag.onKeyDown(event);
    const by = KEY_TICKS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(by);
  };
  const text = value
    ? `σ ${shortNumber(value[0])} – ${shortNumber(value[1])}`
    : controls.intervalAll;
  return (
    <fieldset className="field">
      <legend>
        {controls.interval} <output>{text}</output>
      </legend>
      <div
        className="interval"
        style={{ '--low': `${low / 10}%`, '--high': `${high / 10}%` } as React.CSSProperties}
      >
        <input
          type="range"
          min={0}
          max={TICKS}
          value={low}
          aria-label={controls.intervalLow}
          aria-valuetext={`σ ${shortNumber(toSigma(low))}`}
          {...drag}
          onKeyDown={(event) =>
            byKey(event, (by) => set(Math.min(Math.max(0, low + by), high), high))
          }
          onChange={(event) => set(Math.min(Number(event.target.value), high), high)}
        />
        <input
          type="range"
          min={0}
          max={TICKS}
          value={high}
          aria-label={controls.intervalHigh}
          aria-valuetext={`σ ${shortNumber(toSigma(high))}`}
          {...drag}
          onKeyDown={(event) =>
            byKey(event, (by) => set(low, Math.max(Math.min(TICKS, high + by), low)))
          }
          onChange={(event) => set(low, Math.max(Number(event.target.value), low))}
        />
      </div>
    </fieldset>
  );
}
