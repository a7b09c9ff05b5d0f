/**
 * A share, 0 … 1, in percent.
 *
 * @param digits after the point
 */
export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
