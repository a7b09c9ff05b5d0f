import { useMemo } from 'react';
import { useAppState, useWords } from '../../kit/app-context';
import { ChartFrame } from './ChartFrame';
import type { ChartContent, ChartCurve } from './curve-chart';
import { valueText } from './curve-names';
import type { PaperCurve } from './paper-curves';
import { experimentSlice, sweepsSteps } from './settings';
import { paperStyle } from './symbols';
import { experimentsWords } from './words';

/** The charts that the paper's tables have figures for. */
export const PAPER_KINDS = ['plane', 'frechetDistance', 'classifierScore'] as const;
/** Their names in every language. */
const DISTANCE = 'FID';
const SCORE = 'Inception Score';

type PaperKind = (typeof PAPER_KINDS)[number];

interface PaperPlotProps {
  readonly kind: PaperKind;
  readonly large: boolean;
  readonly curves: readonly PaperCurve[];
}

/** The paper's figures on axes of their own: another data set, another judge, other numbers. */
export function PaperPlot({ kind, large, curves }: PaperPlotProps) {
  const { paper, axes } = useWords(experimentsWords);
  const steps = useAppState(({ settings }) => sweepsSteps(experimentSlice.of(settings).id));
  const axis = steps ? axes.steps : axes.weight;
  const figure = kind === 'classifierScore' ? SCORE : DISTANCE;
  const content = useMemo(
    (): ChartContent => ({
      curves: curves.map(
        ({ name, points }, index): ChartCurve => ({
          style: paperStyle(index),
          hollow: true,
          points: points.map((point, k) => {
            const y = kind === 'classifierScore' ? point.classifierScore : point.frechetDistance;
            const value = valueText(point.value, steps);
            const noted = kind === 'plane' && large && index === 0 && isNoted(k, points);
            return {
              x: kind === 'plane' ? point.classifierScore : point.value,
              y,
              xSpread: undefined,
              ySpread: undefined,
              note: noted ? value : '',
              title: `${name}\n${value}: ${y}`,
              id: undefined,
            };
          }),
        }),
      ),
      x:
        kind === 'plane'
          ? { label: SCORE, logarithmic: false, domain: undefined }
          : { label: axis, logarithmic: steps, domain: undefined },
      y: { label: figure, bounds: [0, Infinity], share: false, linear: true },
      chosen: undefined,
    }),
    [curves, kind, large, steps, axis, figure],
  );
  const legend = curves.map(({ name }, index) => ({ style: paperStyle(index), text: name }));
  const title = kind === 'plane' ? paper.plane : paper.over(figure, axis);
  return (
    <ChartFrame
      paper
      heading={large ? undefined : paper.figure(figure)}
      note={large ? (steps ? paper.ofSteps : paper.ofWeights) : undefined}
      {...{ title, kind, large, content, legend }}
    />
  );
}

/** As our own curves: the ends, and a point between. */
function isNoted(k: number, points: PaperCurve['points']): boolean {
  const { value } = points[k]!;
  return k === 0 || k === points.length - 1 || value === 1 || value === 0.3;
}
