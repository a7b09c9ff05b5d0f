import type { Frame } from '../../engine/protocol';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { Scrubber } from '../../kit/Scrubber';
import { frameAt, stageAt, type Trajectory } from '../../kit/trajectories';
import { useActiveTrajectory } from '../../kit/use-active-trajectory';
import { commonWords, type Strings } from '../../kit/words/words';
import { shortNumber } from '../../settings/short-text';
import { change } from '../../settings/store';
import { OverlayToggle } from './OverlayToggle';

/** Play, pause and scrub all columns in step. */
export function Timeline() {
  const { timeline } = useWords(commonWords);
  const position = useAppState(({ settings }) => settings.position);
  const trajectory = useActiveTrajectory();
  const frame = trajectory && frameAt(trajectory, position);
  const text = frame ? momentText(trajectory, frame, timeline) : '';
  const marks = trajectory?.stages.slice(1).map(({ first }) => first / trajectory.lastStep);
  return (
    <section className="timeline" aria-label={timeline.label}>
      <Scrubber label={timeline.scrub} text={text} steps={trajectory?.lastStep} marks={marks} />
      <ViewSwitch />
    </section>
  );
}

/** Where a frame of a run stands: its noise level, and of a cascade its stage and step. */
function momentText(
  { stages }: Trajectory,
  { step, shape, sigma }: Frame,
  timeline: Strings['timeline'],
): string {
  const value = shortNumber(sigma);
  if (stages.length === 1) return timeline.sigma(value);
  const k = stageAt({ stages }, step);
  const { first, numSteps } = stages[k]!;
  const [, height, width] = shape;
  return timeline.ofStage({
    stage: k + 1,
    size: `${width}×${height}`,
    step: step - first,
    steps: numSteps,
    sigma: value,
  });
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
