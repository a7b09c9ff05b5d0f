import type { Results } from './results';

/** A bar that the project set itself, and what was measured. */
export interface Bar {
  readonly name: string;
  readonly measured: number;
  /** At most this. */
  readonly limit: number;
  readonly unit: 'share' | 'ratio' | 'ms';
  /** A tie: the median is over the limit, but a quarter of the pairs and more are not; of a task: its time on a core is not. */
  readonly verdict: 'pass' | 'tie' | 'miss';
  /** limit - measured: negative where the bar is missed. */
  readonly distance: number;
}

const LIMITS = {
  /** Share of a step outside the network, worker to canvas included. */
  outsideShare: 0.05,
  /** Engine over plain loop. */
  plain: 1,
  /** Guidance on over off. */
  guidance: 2.05,
  /** A rule of two predictions over cfg. */
  rule: 1.05,
  /** Longest task of the main thread while the grid fills, ms. */
  task: 50,
} as const;

/** Every bar that the results can answer. */
export function barsOf({
  canvas,
  plain,
  guidance,
  rules,
  grid,
}: Pick<Results, 'canvas' | 'plain' | 'guidance' | 'rules' | 'grid'>): Bar[] {
  return [
    ...canvas
      .filter(({ backend }) => backend === 'wasm')
      .map(({ outsideShare }) =>
        bar(
          'outside the network, wasm, batch 1, to canvas',
          outsideShare,
          LIMITS.outsideShare,
          'share',
        ),
      ),
    ...plain.map(({ backend, batch, ratio: { median, low } }) =>
      bar(`engine / plain loop, ${backend}, batch ${batch}`, median, LIMITS.plain, 'ratio', low),
    ),
    ...guidance.map(({ backend, batch, ratio }) =>
      bar(`guidance on / off, ${backend}, batch ${batch}`, ratio.median, LIMITS.guidance, 'ratio'),
    ),
    ...rules.map(({ backend, batch, rule, ratio: { median, low } }) =>
      bar(`${rule} / cfg, ${backend}, batch ${batch}`, median, LIMITS.rule, 'ratio', low),
    ),
    ...grid.map(({ model, backend, cells, longestTaskMs, busiestTaskMs }) =>
      bar(
        `longest task while a grid fills, ${backend}, ${model}, ${cells} cells`,
        longestTaskMs,
        LIMITS.task,
        'ms',
        busiestTaskMs,
      ),
    ),
  ];
}

/** @param low the measurement's lower quartile, or without what others took: a limit above it is a tie */
function bar(
  name: string,
  measured: number,
  limit: number,
  unit: Bar['unit'],
  low: number = measured,
): Bar {
  const verdict = measured <= limit ? 'pass' : low <= limit ? 'tie' : 'miss';
  return { name, measured, limit, unit, verdict, distance: limit - measured };
}
