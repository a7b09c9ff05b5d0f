import { useEffect, useState } from 'react';
import { useApp, useWords } from '../../kit/app-context';
import { ShortNotice } from '../../kit/Notices';
import { PLANE_PRESETS, planeSlice, presetPlane } from '../../kit/plane/settings';
import { Slot } from '../../kit/Slot';
import { change } from '../../settings/store';
import { changePlane } from './changes';
import { planeClient } from './client';
import { Figure } from './Figure';
import { PlaneFrame } from './frame';
import { PlaneControls } from './PlaneControls';
import { PlanePanel } from './PlanePanel';
import { PlaneTimeline } from './PlaneTimeline';
import { PlaneContext, usePanels } from './plane-context';
import { PlaneRunner } from './runner';
import './plane.css';
import '../../kit/plane/plane-colours.css';
import { commonWords } from '../../kit/words/words';
import { planeWords } from './words';
import '../../kit/presets.css';
import { usePlane } from '../../kit/plane/use-plane';

/** Guidance in two dimensions: exact scores, so that what it promises and what it does can be compared. */
export function PlaneView() {
  const { store } = useApp();
  const [parts] = useState(() => {
    const runner = new PlaneRunner(store, planeClient());
    return { runner, frame: new PlaneFrame(store, runner) };
  });
  useEffect(() => {
    const stops = [parts.runner.start(), parts.frame.start()];
    return () => {
      for (const stop of stops) stop();
    };
  }, [parts]);
  return (
    <PlaneContext.Provider value={parts}>
      <PlanePresets />
      <div className="plane-layout plane-colours">
        <PlaneControls />
        <Pictures />
      </div>
    </PlaneContext.Provider>
  );
}

function Pictures() {
  const words = useWords(planeWords);
  const { runs } = usePlane();
  const panels = usePanels();
  const busy = panels.length === 0 || panels.some(({ status }) => status === 'waiting');
  return (
    <div className="plane-main">
      <ShortNotice />
      <main
        id="stage"
        className="plane-stage"
        tabIndex={-1}
        aria-label={words.page}
        aria-busy={busy}
        data-count={runs.length}
      >
        <p className="plane-lead">{words.lead}</p>
        <div className="plane-panels">
          {runs.map((_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a panel is its place
            <PlanePanel key={index} index={index} />
          ))}
        </div>
        <PlaneTimeline />
        <div className="plane-side">
          <Figure />
          <Legend />
          <p className="hint">{words.figures.insideHint}</p>
          <p className="hint">{words.figures.distanceHint}</p>
          <Slot name="besidePlane" />
        </div>
      </main>
    </div>
  );
}

/** Scenes a click away, each with a sentence on what to look at. */
function PlanePresets() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const words = useWords(planeWords);
  const plane = usePlane();
  const now = JSON.stringify({ ...plane, active: 0 });
  const current = PLANE_PRESETS.find((id) => JSON.stringify(presetPlane(id, plane)) === now);
  return (
    <nav className="presets" aria-label={controls.startFrom}>
      <span className="label">{controls.startFrom}</span>
      {PLANE_PRESETS.map((id) => (
        <button
          key={id}
          type="button"
          aria-pressed={current === id}
          onClick={() => {
            changePlane(store, presetPlane(id, planeSlice.of(store.getState().settings)));
            change(store, { position: 1 });
          }}
        >
          {words.presets.names[id]}
        </button>
      ))}
      <p className="note">{current && words.presets.notes[current]}</p>
    </nav>
  );
}

/** What the marks in the panels mean. */
function Legend() {
  const { legend } = useWords(planeWords);
  const { arrows, classLabel } = usePlane();
  const shown = arrows === 'all' ? (['cond', 'uncond', 'guided'] as const) : [arrows];
  return (
    <ul className="plane-legend" data-class={classLabel}>
      <li>
        <span className="swatch region" aria-hidden="true" /> {legend.region}
      </li>
      <li>
        <span className="swatch particle" aria-hidden="true" /> {legend.particle}
      </li>
      {shown.map(
        (name) =>
          name !== 'none' && (
            <li key={name}>
              <span className={`swatch arrow ${name}`} aria-hidden="true" /> {legend[name]}
            </li>
          ),
      )}
    </ul>
  );
}
