/** A number without digits that say nothing: 3, 0.25, −1.5. */
export function shortNumber(value: number): string {
  return withMinus(Number(value.toPrecision(3)));
}

/** A number as it is read, with a minus sign in place of the hyphen that programs write. */
export function withMinus(value: number | string): string {
  return String(value).replace('-', '−');
}

/** The ends of a drawn course of scales, and what it reaches between them. */
export function curveText(curve: readonly number[]): string {
  const [first, last] = [curve[0]!, curve.at(-1)!];
  const between = [Math.min(...curve), Math.max(...curve)].filter((s) => s !== first && s !== last);
  return [first, ...between, last].map(shortNumber).join(' → ');
}

/** A name without its explanation: "η: noise added back" is η. */
export function shortName(name: string): string {
  return name.split(/[:：]/)[0]!;
}

/** The beginning of a text that is too long to be read, with how much of it is left out. */
export function clipped(text: string, most = 300): string {
  if (text.length <= most) return text;
  // No half of a pair of surrogates is left at the end.
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}… (+${text.length - most})`;
}
