import { runSigmas } from '../../diffusion/run';
import { PLANE_SIGMAS } from '../../diffusion/worlds/plane/world';
import { useAppState, useWords } from '../../kit/app-context';
import { usePlane } from '../../kit/plane/use-plane';
import { Scrubber } from '../../kit/Scrubber';
import { commonWords } from '../../kit/words/words';
import { shortNumber } from '../../settings/short-text';
import { planeWords } from './words';

/** Play, pause and scrub all panels in step. */
export function PlaneTimeline() {
  const { timeline } = useWords(commonWords);
  const words = useWords(planeWords);
  const position = useAppState(({ settings }) => settings.position);
  const { runs, active } = usePlane();
  const run = runs[active]!;
  // 1e-9: a step is reached although 7/24 · 24 is a little less than 7.
  const step = Math.floor(position * run.numSteps + 1e-9);
  const sigma = runSigmas(run, PLANE_SIGMAS)[step]!;
  const text = words.timeline.sigma(step, shortNumber(sigma));
  return (
    <section className="timeline plane-timeline" aria-label={timeline.label}>
      <Scrubber label={words.timeline.scrub} text={text} steps={run.numSteps} />
    </section>
  );
}
