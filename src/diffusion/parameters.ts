/** A declared setting of a sampler, schedule or rule: the page builds its control from it, the CLI its flag. */
export interface NumberParameter {
  readonly id: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Smallest useful change: the slider's step. */
  readonly step: number;
  readonly default: number;
}

export type Parameters = Readonly<Record<string, number>>;
