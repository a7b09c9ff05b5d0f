/** How a value is written in an address, where one value stands among others. */
export interface TextCodec<T> {
  /** undefined: the text makes no sense. */
  read(text: string): T | undefined;
  write(value: T): string;
}

/** A number within [min, max], in the address with at most four digits after the point. */
export function numberText(min: number, max: number, integer = false): TextCodec<number> {
  return {
    read(text) {
      const value = Number(text);
      const fits = text.trim() !== '' && value >= min && value <= max;
      return fits && (!integer || Number.isInteger(value)) ? value : undefined;
    },
    write: fourDigits,
  };
}

/** A number with at most four digits after the point: 0.5, and not 0.5000. */
export function fourDigits(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** One of some values, each by a name of its own. */
export function choiceText<T>(values: Readonly<Record<string, T>>): TextCodec<T> {
  return {
    read: (text) => (Object.hasOwn(values, text) ? values[text] : undefined),
    write: (value) => Object.keys(values).find((name) => values[name] === value) ?? '',
  };
}

/** The id of an entry of a registry. */
export function idText<T extends string>(registry: readonly { readonly id: T }[]): TextCodec<T> {
  return {
    read: (text) => registry.find(({ id }) => id === text)?.id,
    write: (value) => value,
  };
}

/** Any text of a pattern. */
export function patternText(pattern: RegExp): TextCodec<string> {
  return { read: (text) => (pattern.test(text) ? text : undefined), write: (value) => value };
}

/** A name whose commas do not separate it. */
export function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll(',', '%2C');
}

/** The name that `escaped` wrote. */
export function unescaped(text: string): string {
  return text.replaceAll('%2C', ',').replaceAll('%25', '%');
}
