import { messageOf } from '../networks/errors';
import { useApp, useWords } from './app-context';
import { fileName, saveBlob } from './save';
import { type ChartPicture, chartPng } from './svg-file';
import { commonWords } from './words/words';

interface SaveChartProps {
  readonly title: string;
  /** What the file's name begins with. */
  readonly name: string;
  readonly className?: string;
  readonly buttonClass?: string;
  /** undefined: there is no chart to be saved. */
  picture(): Promise<ChartPicture | undefined>;
}

/** Buttons that save a chart as SVG and PNG. */
export function SaveChart({ title, name, className, buttonClass, picture }: SaveChartProps) {
  const { store } = useApp();
  const { charts } = useWords(commonWords);
  const save = async (format: 'svg' | 'png') => {
    try {
      const chart = await picture();
      if (!chart) return;
      const blob =
        format === 'svg'
          ? new Blob([chart.source], { type: 'image/svg+xml' })
          : await chartPng(chart);
      saveBlob(blob, fileName([name, title], format));
    } catch (error) {
      const reason = messageOf(error);
      store.setState({ notice: { kind: 'not-exported', reason } });
    }
  };
  return (
    <span className={className}>
      {(['svg', 'png'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className={buttonClass}
          aria-label={charts.file(format.toUpperCase(), title)}
          onClick={() => void save(format)}
        >
          {format.toUpperCase()}
        </button>
      ))}
    </span>
  );
}
