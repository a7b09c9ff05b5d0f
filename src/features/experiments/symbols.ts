/** A corner of a symbol, in units of its radius; y points down. */
type Corner = readonly [x: number, y: number];

const regular = (corners: number, turn: number): Corner[] =>
  Array.from({ length: corners }, (_, k) => {
    const angle = 2 * Math.PI * (k / corners + turn);
    return [Math.cos(angle), Math.sin(angle)];
  });

const star = regular(10, -0.25).map(
  ([x, y], k): Corner => (k % 2 ? [0.62 * x, 0.62 * y] : [1.25 * x, 1.25 * y]),
);

const cross: Corner[] = [
  [-0.4, -1.1],
  [0.4, -1.1],
  [0.4, -0.4],
  [1.1, -0.4],
  [1.1, 0.4],
  [0.4, 0.4],
  [0.4, 1.1],
  [-0.4, 1.1],
  [-0.4, 0.4],
  [-1.1, 0.4],
  [-1.1, -0.4],
  [-0.4, -0.4],
];

const scaled = (corners: readonly Corner[], by: number): Corner[] =>
  corners.map(([x, y]) => [by * x, by * y]);

/** Shape and dashes of each curve: what tells curves apart beside their colour. */
const STYLES: readonly { readonly corners: readonly Corner[]; readonly dashes: string }[] = [
  { corners: regular(24, 0), dashes: '' },
  { corners: regular(4, 0.125), dashes: '7 3' },
  { corners: scaled(regular(3, -0.25), 1.2), dashes: '2 3' },
  { corners: scaled(regular(4, 0), 1.15), dashes: '8 3 2 3' },
  { corners: star, dashes: '12 3' },
  { corners: cross, dashes: '4 2' },
  { corners: scaled(regular(3, 0.25), 1.2), dashes: '8 2 2 2 2 2' },
  { corners: regular(6, 0), dashes: '1 2' },
];

/** The style of a curve by its place; of more than eight, they repeat. */
export function styleOf(index: number) {
  const at = index % STYLES.length;
  return { ...STYLES[at]!, colour: `var(--series-${at})` };
}

/** Dashes of the paper's curves, whose symbols are hollow. */
const PAPER_DASHES = ['3 3', '9 3', '1 3'] as const;

/** The style of the paper's curves, by their order: the colours of ours, which are set beside them. */
export function paperStyle(index: number) {
  return {
    corners: scaled(regular(index % 2 ? 3 : 4, index % 2 ? -0.25 : 0.125), 0.9),
    dashes: PAPER_DASHES[index % PAPER_DASHES.length]!,
    colour: `var(--series-${index % STYLES.length})`,
  };
}

/** A symbol as the points of an SVG polygon. */
export function polygonPoints(corners: readonly Corner[], radius: number): string {
  return corners.map(([x, y]) => `${(x * radius).toFixed(2)},${(y * radius).toFixed(2)}`).join(' ');
}
