/** A logarithmic axis for a range input, which knows equal steps only. */
export interface LogAxis {
  /** Equal ratios between the ends of the axis. */
  readonly ticks: number;
  /** The value at a tick with three digits, within the range. */
  toValue(tick: number): number;
  /** The nearest tick. */
  toTick(value: number): number;
}

/** @param range with `min` above 0 */
export function logAxis(
  { min, max }: { readonly min: number; readonly max: number },
  ticks = 1000,
): LogAxis {
  const span = Math.log(max / min);
  return {
    ticks,
    toValue: (tick) => {
      const value = Number((min * Math.exp((tick / ticks) * span)).toPrecision(3));
      return Math.min(max, Math.max(min, value));
    },
    toTick: (value) => Math.round((Math.log(value / min) / span) * ticks),
  };
}
