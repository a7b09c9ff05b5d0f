import { INTERVAL_RANGE } from '../settings/column';
import { shortNumber } from '../settings/short-text';
import { useWords } from './app-context';
import { logAxis } from './log-axis';
import { useDrag } from './Slider';
import { commonWords } from './words/words';
import './interval-slider.css';

/** Thumb positions are whole thousandths of the axis. */
const { ticks: TICKS, toValue: toSigma, toTick } = logAxis(INTERVAL_RANGE);

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
          onChange={(event) => set(low, Math.max(Number(event.target.value), low))}
        />
      </div>
    </fieldset>
  );
}
