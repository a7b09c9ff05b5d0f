/** A declared setting of a sampler, schedule or rule: the page builds its control from it, the CLI its flag. */
export interface NumberParameter {
  readonly id: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Smallest useful change: the slider's step. */
  readonly step: number;
  readonly default: number;
  /** The only values allowed, where the number stands for a category; min and max are its ends. */
  readonly choices?: readonly { readonly value: number; readonly label: string }[];
  /** Whether it changes anything in a run; absent: always. */
  acts?(run: ParameterContext): boolean;
}

/** What decides whether a parameter acts. */
export interface ParameterContext {
  readonly params: Parameters;
  /** Whether the sampler adds noise during the run. */
  readonly stochastic: boolean;
}

export type Parameters = Readonly<Record<string, number>>;

/**
 * The value given for a declared parameter, or its default.
 *
 * @throws RangeError outside [min, max], or for a value that is none of the choices
 */
export function parameterValue(parameter: NumberParameter, params: Parameters): number {
  const { id, min, max, choices } = parameter;
  const value = params[id] ?? parameter.default;
  if (choices && !choices.some((choice) => choice.value === value)) {
    const known = choices.map((choice) => `${choice.value} (${choice.label})`).join(', ');
    throw new RangeError(`Parameter "${id}" must be one of ${known}, got ${value}`);
  }
  // Written so that NaN fails too.
  if (!(value >= min && value <= max)) {
    throw new RangeError(`Parameter "${id}" must be within [${min}, ${max}], got ${value}`);
  }
  return value;
}

/** Every declared parameter at its default. */
export function defaultParameters(parameters: readonly NumberParameter[]): Parameters {
  return Object.fromEntries(parameters.map((parameter) => [parameter.id, parameter.default]));
}
