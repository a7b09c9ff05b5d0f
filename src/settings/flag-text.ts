import { FlagError } from './run-row';

/** Most steps that the command line takes. */
export const MOST_STEPS = 10_000;

/** A number that a flag gives. @throws FlagError */
export function flagNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new FlagError('a number', text);
}

/** A number of -most to most. @throws FlagError */
export function flagWithin(text: string, most: number): number {
  const value = flagNumber(text);
  if (Math.abs(value) <= most) return value;
  throw new FlagError(`a number of -${most} to ${most}`, text);
}

/** A whole number that a flag gives. @throws FlagError */
export function flagWholeNumber(text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const value = flagNumber(text);
  if (value > max) throw new FlagError(`at most ${max}`, text);
  if (Number.isInteger(value) && value >= min) return value;
  throw new FlagError(`a whole number of at least ${min}`, text);
}

/** The ids of a registry, as --help lists them. */
export function idList(registry: readonly { readonly id: string }[]): string {
  return registry.map(({ id }) => id).join(', ');
}
