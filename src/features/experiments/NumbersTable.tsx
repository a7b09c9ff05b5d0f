import { useWords } from '../../kit/app-context';
import { Glyph } from './CurveList';
import { pointId } from './CurvePlot';
import { FIGURES } from './curves';
import { figureText, type ShownCurve, valueText } from './curves-data';
import { styleOf } from './symbols';
import { experimentsWords } from './words';

interface NumbersTableProps {
  readonly curves: readonly ShownCurve[];
  readonly steps: boolean;
  readonly network: string;
  readonly chosen: string | undefined;
  onChoose(id: string): void;
}

/** What the charts show, in numbers; each point can be chosen here too. */
export function NumbersTable({ curves, steps, network, chosen, onChoose }: NumbersTableProps) {
  const words = useWords(experimentsWords);
  const shown = curves.filter(({ curve }) => curve.points.length > 0);
  if (shown.length === 0) return null;
  return (
    <details className="numbers">
      <summary>{words.table.title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways */}
      <section className="scroll" tabIndex={0} aria-label={words.table.title}>
        <table>
          <caption className="visually-hidden">
            {words.table.title} ({network})
          </caption>
          <thead>
            <tr>
              <th scope="col">{words.table.curve}</th>
              <th scope="col">{words.table.value}</th>
              <th scope="col">{words.point.count}</th>
              {FIGURES.map((id) => (
                <th key={id} scope="col">
                  {words.figures[id]}
                </th>
              ))}
              <th scope="col">{words.point.nfe}</th>
            </tr>
          </thead>
          <tbody>
            {shown.flatMap(({ index, name, curve }) =>
              curve.points.map((point) => {
                const id = pointId(index, point);
                const value = valueText(point.value, steps);
                return (
                  <tr key={id} data-chosen={id === chosen}>
                    <td>
                      <Glyph style={styleOf(index)} /> {name}
                    </td>
                    <th scope="row">
                      <button
                        type="button"
                        aria-pressed={id === chosen}
                        aria-label={words.chart.point(name, value)}
                        onClick={() => onChoose(id)}
                      >
                        {value}
                      </button>
                    </th>
                    <td>{point.figures.samples}</td>
                    {FIGURES.map((figure) => (
                      <td key={figure}>{figureText(figure, point.figures[figure])}</td>
                    ))}
                    <td>{point.nfe ?? '–'}</td>
                  </tr>
                );
              }),
            )}
          </tbody>
        </table>
      </section>
    </details>
  );
}
