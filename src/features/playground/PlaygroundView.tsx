import { useWords } from '../../kit/app-context';
import { Notices } from '../../kit/Notices';
import { Slot } from '../../kit/Slot';
import { Controls } from './Controls';
import { Presets } from './Presets';
import { Stage } from './Stage';
import { playgroundWords } from './words';
import './playground.css';

/** Settings beside the columns that are drawn with them. */
export function PlaygroundView() {
  const { about } = useWords(playgroundWords);
  return (
    <>
      <Slot name="playgroundTop" />
      <Presets />
      <div className="layout">
        <Controls />
        <div className="main">
          <Notices />
          <Stage />
        </div>
        <section aria-label={about.summary}>
          <details className="about">
            <summary>{about.summary}</summary>
            <p className="formula">{about.formula}</p>
            {about.paragraphs.map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
          </details>
        </section>
      </div>
    </>
  );
}
