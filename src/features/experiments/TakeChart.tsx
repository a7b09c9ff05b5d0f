import { useApp, useAppState, useWords } from '../../kit/app-context';
import { fileName, saveBlob } from '../../kit/save';
import { chartPng } from '../../kit/svg-file';
import { commonWords } from '../../kit/words/words';
import { messageOf } from '../../networks/errors';
import type { ChartOptions } from './curve-chart';
import type { PaperCurve, ShownCurve } from './curves-data';
import { experimentSlice } from './settings';
import { paperStyle, styleOf } from './symbols';
import { experimentsWords } from './words';

interface TakeChartProps {
  readonly title: string;
  readonly options: ChartOptions;
  readonly curves: readonly ShownCurve[];
  readonly paper: readonly PaperCurve[];
}

/** A chart as a picture file, with its title and what its curves are. */
export function TakeChart({ title, options, curves, paper }: TakeChartProps) {
  const { store } = useApp();
  const { charts } = useWords(commonWords);
  const experiments = useWords(experimentsWords);
  const id = useAppState(({ settings }) => experimentSlice.of(settings).id);
  const take = async (format: 'svg' | 'png') => {
    try {
      const { chartPicture } = await import('./chart-files');
      const legend = curves
        .filter(({ curve }) => curve.points.length > 0)
        .map(({ index, name, curve }) => ({
          style: styleOf(index),
          text: `${name} (${experiments.curves.count(curve.samples ?? 0)})`,
        }));
      const picture = chartPicture(title, options, [
        ...legend,
        ...paper.map(({ name }, index) => ({ style: paperStyle(index), text: name })),
      ]);
      const blob =
        format === 'svg'
          ? new Blob([picture.source], { type: 'image/svg+xml' })
          : await chartPng(picture);
      saveBlob(blob, fileName([id, title], format));
    } catch (error) {
      const reason = messageOf(error);
      store.setState({ notice: { kind: 'not-exported', reason } });
    }
  };
  return (
    <span className="take-chart">
      {(['svg', 'png'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="quiet"
          aria-label={charts.file(format.toUpperCase(), title)}
          onClick={() => void take(format)}
        >
          {format.toUpperCase()}
        </button>
      ))}
    </span>
  );
}
