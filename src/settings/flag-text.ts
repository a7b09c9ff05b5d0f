import { FlagError } from './run-row';

/** A number that a flag gives. @throws FlagError */
export function flagNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new FlagError('a number', text);
}

/** A whole number that a flag gives. @throws FlagError */
export function flagWholeNumber(text: string, min: number): number {
  const value = flagNumber(text);
  if (Number.isInteger(value) && value >= min) return value;
  throw new FlagError(`a whole number of at least ${min}`, text);
}

/** The ids of a registry, as --help lists them. */
export function idList(registry: readonly { readonly id: string }[]): string {
  return registry.map(({ id }) => id).join(', ');
}
