import { useWords } from '../../kit/app-context';
import { Glyph } from './CurveList';
import { pointId } from './CurvePlot';
import { figureText, valueText } from './curve-names';
import { shownFigures } from './curves';
import type { CurveGroup } from './curves-data';
import { styleOf } from './symbols';
import { experimentsWords } from './words';

interface NumbersTableProps {
  readonly group: CurveGroup;
  readonly steps: boolean;
  readonly chosen: string | undefined;
  onChoose(id: string): void;
}

/** What the charts show, in numbers; each point can be chosen here too. */
export function NumbersTable({ group, steps, chosen, onChoose }: NumbersTableProps) {
  const words = useWords(experimentsWords);
  const shown = group.curves.filter(({ curve }) => curve.points.length > 0);
  if (shown.length === 0) return null;
  const all = shownFigures(group.ofPrompts);
  const models = [...new Set(shown.map(({ model }) => model))].join(', ');
  const title = group.own
    ? words.table.title
    : `${words.table.title} · ${words.stored.title(models)}`;
  return (
    <details className="numbers" data-group={group.own ? 'own' : 'stored'}>
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways */}
      <section className="scroll" tabIndex={0} aria-label={title}>
        <table>
          <caption className="visually-hidden">
            {title} ({group.judge?.id})
          </caption>
          <thead>
            <tr>
              <th scope="col">{words.table.curve}</th>
              <th scope="col">{words.table.value}</th>
              <th scope="col">{words.point.count}</th>
              {all.map((id) => (
                <th key={id} scope="col">
                  {words.figures[id]}
                </th>
              ))}
              <th scope="col">{words.point.nfe}</th>
            </tr>
          </thead>
          <tbody>
            {shown.flatMap(({ index, style, name, curve, origin }) =>
              curve.points.map((point) => {
                const id = pointId(index, point);
                const value = valueText(point.value, steps);
                return (
                  <tr key={id} data-chosen={id === chosen}>
                    <td>
                      <Glyph style={styleOf(style)} hollow={origin.kind !== 'here'} /> {name}
                      {origin.kind === 'stored' && ` (${words.stored.short})`}
                    </td>
                    <th scope="row">
                      <button
                        type="button"
                        aria-pressed={id === chosen}
                        aria-label={words.chart.point(
                          origin.kind === 'stored' ? `${name} (${words.stored.short})` : name,
                          value,
                        )}
                        onClick={() => onChoose(id)}
                      >
                        {value}
                      </button>
                    </th>
                    <td>{point.figures.samples}</td>
                    {all.map((figure) => (
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
