import { useEffect, useSyncExternalStore } from 'react';
import { change } from '../state/store';
import { frameAt, type Trajectory } from '../state/trajectories';
import { useApp, useAppState, useStrings } from './app-context';
import { compact } from './describe';
import { OverlayToggle } from './OverlayToggle';

/** A whole trajectory is played in this time. */
const PLAY_MS = 3500;

/** The trajectory of the active column, kept up to date while it grows. */
export function useActiveTrajectory(): Trajectory | undefined {
  const { trajectories } = useApp();
  const id = useAppState(({ columns, settings }) => columns[settings.active]?.id ?? -1);
  useSyncExternalStore(
    (listener) => trajectories.subscribe(listener),
    () => trajectories.version,
  );
  return trajectories.shown(id);
}

/** Play, pause and scrub all columns in step; what the pictures show. */
export function Timeline() {
  const { store } = useApp();
  const { timeline } = useStrings();
  const position = useAppState(({ settings }) => settings.position);
  const view = useAppState(({ settings }) => settings.view);
  const playing = useAppState((state) => state.playing);
  const trajectory = useActiveTrajectory();
  const frame = trajectory && frameAt(trajectory, position);
  usePlayback();

  const toggle = () => {
    if (!playing && position >= 1) change(store, { position: 0 });
    store.setState({ playing: !playing });
  };
  return (
    <section className="timeline" aria-label={timeline.label}>
      <button type="button" className="play" onClick={toggle}>
        <span aria-hidden="true">{playing ? '❚❚' : '▶'}</span>{' '}
        {playing ? timeline.pause : timeline.play}
      </button>
      <input
        type="range"
        min={0}
        max={1}
        step={0.001}
        value={position}
        aria-label={timeline.scrub}
        aria-valuetext={frame ? timeline.sigma(compact(frame.sigma)) : ''}
        onChange={({ target }) => {
          store.setState({ playing: false });
          change(store, { position: Number(target.value) });
        }}
      />
      <output className="sigma">{frame ? timeline.sigma(compact(frame.sigma)) : ''}</output>
      <fieldset className="segments" aria-label={timeline.view}>
        {(['estimate', 'noisy', 'both'] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={view === name}
            onClick={() => change(store, { view: name })}
          >
            {timeline.views[name]}
          </button>
        ))}
      </fieldset>
      <OverlayToggle />
    </section>
  );
}

/** Moves the scrubber from where it stands to the end while `playing`. */
export function usePlayback(): void {
  const { store } = useApp();
  const playing = useAppState((state) => state.playing);
  useEffect(() => {
    if (!playing) return;
    let last: number | undefined;
    let request = requestAnimationFrame(function advance(now) {
      const { position } = store.getState().settings;
      const next = Math.min(1, position + (now - (last ?? now)) / PLAY_MS);
      last = now;
      change(store, { position: next });
      if (next < 1) request = requestAnimationFrame(advance);
      else store.setState({ playing: false });
    });
    return () => cancelAnimationFrame(request);
  }, [playing, store]);
}
