import { planeSlice } from '../../kit/plane/settings';
import type { Settings } from '../../settings/settings';
import type { TrainingState } from './run';
import { trainingSlice } from './settings';

type Curves = Pick<TrainingState, 'losses' | 'excess' | 'report'>;

/** The curves as `curve,step,value`: the loss, and the excess with the class and without it. */
export function trainingCsv({ losses, excess }: Curves): string {
  const rows = [
    ...losses.map(({ step, loss }) => ['loss', step, loss]),
    ...excess.map(({ step, cond }) => ['excess_c', step, cond]),
    ...excess.map(({ step, uncond }) => ['excess_u', step, uncond]),
  ];
  return `${[['curve', 'step', 'value'], ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

/** The curves with everything that the training depends on. */
export function trainingJson(curves: Curves, settings: Settings): string {
  const { losses, excess, report } = curves;
  const { pUncond, batch, steps, width, seed } = trainingSlice.of(settings);
  const content = {
    kind: 'training-curves',
    settings: { pUncond, batch, steps, width, seed },
    data: planeSlice.of(settings).components,
    leastLoss: report?.leastLoss,
    losses,
    excess,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
