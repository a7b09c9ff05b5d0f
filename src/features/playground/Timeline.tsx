import { useApp, useAppState, useWords } from '../../kit/app-context';
import { Scrubber } from '../../kit/Scrubber';
import { frameAt } from '../../kit/trajectories';
import { useActiveTrajectory } from '../../kit/use-active-trajectory';
import { commonWords } from '../../kit/words/words';
import { shortNumber } from '../../settings/short-text';
import { change } from '../../settings/store';
import { OverlayToggle } from './OverlayToggle';

/** Play, pause and scrub all columns in step. */
export function Timeline() {
  const { timeline } = useWords(commonWords);
  const position = useAppState(({ settings }) => settings.position);
  const trajectory = useActiveTrajectory();
  const frame = trajectory && frameAt(trajectory, position);
  const text = frame ? timeline.sigma(shortNumber(frame.sigma)) : '';
  return (
    <section className="timeline" aria-label={timeline.label}>
      <Scrubber label={timeline.scrub} text={text} steps={trajectory?.numSteps} />
      <ViewSwitch />
    </section>
  );
}

/** What the pictures show: beside the timeline, on a narrow screen among the settings. */
export function ViewSwitch() {
  const { store } = useApp();
  const { timeline } = useWords(commonWords);
  const view = useAppState(({ settings }) => settings.view);
  return (
    <div className="view">
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
    </div>
  );
}
