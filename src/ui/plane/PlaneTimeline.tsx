import { planeSigmas } from '../../diffusion/plane/particles';
import { planeRunOf } from '../../state/plane-runner';
import { change } from '../../state/store';
import { useApp, useAppState, useStrings } from '../app-context';
import { compact } from '../describe';
import { usePlayback } from '../Timeline';
import { usePlane } from './plane-context';

/** Play, pause and scrub all panels in step. */
export function PlaneTimeline() {
  const { store } = useApp();
  const { timeline, plane: words } = useStrings();
  const position = useAppState(({ settings }) => settings.position);
  const playing = useAppState((state) => state.playing);
  const { runs, active } = usePlane();
  const run = runs[active]!;
  usePlayback();
  // 1e-9: a step is reached although 7/24 · 24 is a little less than 7.
  const step = Math.floor(position * run.numSteps + 1e-9);
  const sigma = planeSigmas(planeRunOf(run))[step]!;
  const text = words.timeline.sigma(step, compact(sigma));
  const toggle = () => {
    if (!playing && position >= 1) change(store, { position: 0 });
    store.setState({ playing: !playing });
  };
  return (
    <section className="timeline plane-timeline" aria-label={timeline.label}>
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
        aria-label={words.timeline.scrub}
        aria-valuetext={text}
        onChange={({ target }) => {
          store.setState({ playing: false });
          change(store, { position: Number(target.value) });
        }}
      />
      <output className="sigma">{text}</output>
    </section>
  );
}
