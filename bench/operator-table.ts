/** One node of one run. */
export interface NodeTime {
  readonly operator: string;
  /** Tells a convolution's kernel; else empty. */
  readonly kind: string;
  readonly ms: number;
  /** Multiplications and additions, 0 of an operator without weights. */
  readonly flops: number;
}

/** Rows below this share of the time are one row. */
const LEAST_SHARE = 0.01;

/**
 * The time by operator, the longest first, and what each reaches of matrix products alone.
 *
 * @param times every node of one run
 * @param products the same of a graph of matrix products
 */
export function operatorTable(times: readonly NodeTime[], products: readonly NodeTime[]): string {
  const total = msOf(times);
  const fastest = speedOf(products);
  const groups = new Map<string, NodeTime[]>();
  for (const time of times) {
    const name = `${time.operator}${time.kind && ` ${time.kind}`}`;
    groups.set(name, [...(groups.get(name) ?? []), time]);
  }
  const isLarge = ([, of]: [string, NodeTime[]]) => msOf(of) / total >= LEAST_SHARE;
  const rest = [...groups].filter((group) => !isLarge(group)).flatMap(([, of]) => of);
  const rows = [...groups].filter(isLarge).sort(([, a], [, b]) => msOf(b) - msOf(a));
  if (rest.length > 0) rows.push(['the rest', rest]);
  rows.push(['all', [...times]]);
  const lines = rows.map(([name, of]) => {
    const share = `${((100 * msOf(of)) / total).toFixed(1)} %`;
    const speed = speedOf(of);
    const reached =
      speed > 0 ? [speed.toFixed(1), `${((100 * speed) / fastest).toFixed(0)} %`] : ['', ''];
    return `| ${[name, of.length, msOf(of).toFixed(2), share, ...reached].join(' | ')} |`;
  });
  return [
    '| operator | nodes | ms | of all | 10⁹ operations/s | of matrix products’ |',
    '| --- | --: | --: | --: | --: | --: |',
    ...lines,
    '',
    `Matrix products alone: ${fastest.toFixed(1)}·10⁹ operations/s.`,
  ].join('\n');
}

function msOf(times: readonly NodeTime[]): number {
  return sum(times.map(({ ms }) => ms));
}

/** 10⁹ operations a second; 0 where none were counted. */
function speedOf(times: readonly NodeTime[]): number {
  return sum(times.map(({ flops }) => flops)) / msOf(times) / 1e6;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
