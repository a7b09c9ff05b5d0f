import { useAppState } from '../../kit/app-context';
import { SaveChart } from '../../kit/SaveChart';
import type { LegendRow } from './chart-files';
import type { ChartContent } from './curve-chart';
import { experimentSlice } from './settings';

interface SaveCurvesProps {
  readonly title: string;
  readonly content: ChartContent;
  readonly legend: readonly LegendRow[];
}

/** A chart as a picture file, with its title and what its curves are. */
export function SaveCurves({ title, content, legend }: SaveCurvesProps) {
  const id = useAppState(({ settings }) => experimentSlice.of(settings).id);
  const picture = async () => {
    const { chartPicture } = await import('./chart-files');
    return chartPicture(title, content, legend);
  };
  return <SaveChart className="take-chart" buttonClass="quiet" name={id} {...{ title, picture }} />;
}
