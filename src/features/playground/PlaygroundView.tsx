import { useEffect, useRef, useState } from 'react';
import { useWords } from '../../kit/app-context';
import { Boundary } from '../../kit/Boundary';
import { Notices } from '../../kit/Notices';
import { Slot } from '../../kit/Slot';
import { commonWords } from '../../kit/words/words';
import { Controls } from './Controls';
import { Presets } from './Presets';
import { ProjectorKeys } from './ProjectorKeys';
import { Stage } from './Stage';
import { SubjectButton } from './SubjectButton';
import { playgroundWords } from './words';
import './playground.css';

/** Settings beside the columns that are drawn with them. */
export function PlaygroundView() {
  const { about, sheet } = useWords(playgroundWords);
  const { controls } = useWords(commonWords);
  const [open, setOpen] = useState(false);
  const toggle = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = ({ key, defaultPrevented }: KeyboardEvent) => {
      // A list that is open in the sheet closes first.
      if (key !== 'Escape' || defaultPrevented) return;
      setOpen(false);
      toggle.current?.focus();
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [open]);
  return (
    <>
      <Slot name="playgroundTop" />
      <Boundary>
        <Presets />
        <ProjectorKeys />
      </Boundary>
      <div className="layout">
        <div className="main">
          <Notices />
          <Boundary>
            <Stage asked={<SubjectButton open={open} onToggle={() => setOpen(!open)} />}>
              <button
                type="button"
                ref={toggle}
                className="sheet-toggle"
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                {open ? sheet.close : sheet.open}
              </button>
            </Stage>
          </Boundary>
        </div>
        {/* On a narrow screen a sheet over the page, which the button on the rails opens. */}
        <aside className="panel" data-open={open} aria-label={controls.label}>
          <Boundary>
            <Controls />
          </Boundary>
        </aside>
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
