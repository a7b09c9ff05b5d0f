import type { ReactNode } from 'react';
import type { FigureWords } from '../article';
import type { Ink } from '../Chart';

export interface FigureProps {
  readonly title: string;
  readonly words: FigureWords;
  /** A sentence below. */
  readonly note: ReactNode;
}

interface FrameProps {
  readonly title: string;
  readonly note: ReactNode;
  readonly legend: readonly (readonly [ink: Ink, name: string])[];
  readonly numbers: readonly (readonly [name: string, value: string])[];
  readonly dials: ReactNode;
  /** The drawing, given what it is called. */
  readonly children: (label: string) => ReactNode;
}

/** Title, legend, drawing, sliders, numbers and note of a figure. */
export function Frame({ title, note, legend, numbers, dials, children }: FrameProps) {
  const spoken = numbers.map(([name, value]) => `${name}: ${value}`).join('; ');
  return (
    <figure className="idea-figure">
      <figcaption>
        <b>{title}</b>
        <ul>
          {legend.map(([ink, name]) => (
            <li key={ink} data-ink={ink}>
              <Subscripts text={name} />
            </li>
          ))}
        </ul>
      </figcaption>
      {children(`${title}. ${spoken}`)}
      <div className="dials">{dials}</div>
      <dl>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>
              <Subscripts text={name} />
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="note">{note}</p>
    </figure>
  );
}

/** `_c` as a subscript. */
function Subscripts({ text }: { text: string }) {
  return text.split(/_(\w)/).map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never move
    i % 2 ? <sub key={i}>{part}</sub> : part,
  );
}
