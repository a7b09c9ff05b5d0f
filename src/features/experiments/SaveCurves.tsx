import { useAppState, useWords } from '../../kit/app-context';
import { SaveChart } from '../../kit/SaveChart';
import type { ChartOptions } from './curve-chart';
import type { PaperCurve, ShownCurve } from './curves-data';
import { experimentSlice } from './settings';
import { paperStyle, styleOf } from './symbols';
import { experimentsWords } from './words';

interface SaveCurvesProps {
  readonly title: string;
  readonly options: ChartOptions;
  readonly curves: readonly ShownCurve[];
  readonly paper: readonly PaperCurve[];
}

/** A chart as a picture file, with its title and what its curves are. */
export function SaveCurves({ title, options, curves, paper }: SaveCurvesProps) {
  const experiments = useWords(experimentsWords);
  const id = useAppState(({ settings }) => experimentSlice.of(settings).id);
  const picture = async () => {
    const { chartPicture } = await import('./chart-files');
    const legend = curves
      .filter(({ curve }) => curve.points.length > 0)
      .map(({ index, name, curve }) => ({
        style: styleOf(index),
        text: `${name} (${experiments.curves.count(curve.samples ?? 0)})`,
      }));
    return chartPicture(title, options, [
      ...legend,
      ...paper.map(({ name }, index) => ({ style: paperStyle(index), text: name })),
    ]);
  };
  return <SaveChart className="take-chart" buttonClass="quiet" name={id} {...{ title, picture }} />;
}
