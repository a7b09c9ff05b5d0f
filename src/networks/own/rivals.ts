import { countsOf } from '../../diffusion/convention';
import { type OwnSettings, usualBetas } from './own-network';
import type { Ports } from './ports';

/** A convention in the words of the form. */
export type OwnConvention = Pick<
  OwnSettings,
  'prediction' | 'noising' | 'betas' | 'sigmaData' | 'counts'
>;

const SHORT = [200, 300, 400, 500];
const KINDS = ['linear', 'cosine', 'scaled-linear', 'sigmoid-alphas'] as const;
const PREDICTIONS = {
  betas: ['eps', 'v', 'x0'],
  flow: ['flow', 'flow-to-data', 'x0', 'eps'],
  sigma: ['eps', 'x0', 'v', 'score'],
  edm: ['edm', 'x0'],
} as const;

/**
 * The conventions that a network may have been trained by, as far as its inputs allow them: what the
 * settings say first, then its rivals, the common ones before the others. Empty for networks of this
 * project's contract, which name their inputs.
 */
export function rivalsOf(settings: OwnSettings, { time }: Ports): readonly OwnConvention[] {
  const { prediction, noising, betas, sigmaData, counts } = settings;
  if (prediction === 'denoised') return [];
  const chosen = { prediction, noising, betas, sigmaData, counts };
  const whole = time.type !== 'float32';
  const groups: Omit<OwnConvention, 'prediction'>[] = [chosen];
  const add = (
    group: Pick<OwnConvention, 'noising' | 'counts'> & Partial<Pick<OwnConvention, 'betas'>>,
  ) => groups.push({ sigmaData, betas, ...group });
  const steps = time.count ?? 1000;
  const tables = [betas, ...KINDS.map((kind) => usualBetas(kind, steps))];
  // Short schedules of small networks; a table in the graph tells how many steps there are.
  const short = time.count ? [] : SHORT.map((some) => usualBetas('linear', some));
  for (const table of tables) add({ noising: 'betas', counts: 'from-0', betas: table });
  if (!whole) {
    add({ noising: 'flow', counts: 'fraction' });
    add({ noising: 'flow', counts: 'thousand' });
    for (const table of [...tables, ...short]) {
      add({ noising: 'betas', counts: 'fraction', betas: table });
    }
    for (const told of ['reversed', 'reversed-thousand'] as const) {
      add({ noising: 'flow', counts: told });
    }
    for (const told of countsOf('sigma')) add({ noising: 'sigma', counts: told });
    add({ noising: 'edm', counts: 'c-noise' });
  }
  if (time.count === undefined) {
    // As 2102.09672 has them: as much noise in all.
    const many = { kind: 'linear', start: 0.1 / 4000, end: 20 / 4000, steps: 4000 } as const;
    for (const table of [many, usualBetas('cosine', 4000), ...short]) {
      add({ noising: 'betas', counts: 'from-0', betas: table });
    }
  }
  const rivals: OwnConvention[] = groups.flatMap((group) => [
    ...(group === chosen ? [chosen] : []),
    ...PREDICTIONS[group.noising].map((kind) => ({ ...group, prediction: kind })),
  ]);
  const known = new Set<string>();
  return rivals.filter((rival) => {
    const key = keyOf(rival);
    return !known.has(key) && known.add(key);
  });
}

/** What tells two conventions apart: betas do where timesteps do. */
export function keyOf({ prediction, noising, betas, counts }: OwnConvention): string {
  const timesteps = noising === 'betas' ? JSON.stringify(Object.entries(betas).sort()) : '';
  return [prediction, noising, counts, timesteps].join(' ');
}
