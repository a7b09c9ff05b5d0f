import type { Prediction } from '../diffusion/guidance/rule';
import type { DownloadProgress } from '../networks/download';
import type { ActiveRequest, SampleRequest } from './active-request';
import { anyPredictions, runPredictions } from './companions';
import { inFullIfLost } from './full-precision';
import { buffersOf } from './inside';
import { judge, measure, opinionOf } from './judge';
import type { LoadedNetworks } from './loaded-networks';
import type { Ending, EngineEvent, Frame, SampleSettings } from './protocol';
import { type RunNetworks, runSampler } from './run';
import { openRunNetworks } from './run-networks';
import { Steering } from './steering';

/** Each message costs the page a repaint, which takes the network's time where cores are few. */
const FRAMES_EVERY_MS = 60;

type Post = (event: EngineEvent, transfer?: Transferable[]) => void;

/**
 * Draws what a request asks for, and has it judged or measured.
 *
 * @throws ModelError; Aborted; RangeError for settings out of range
 */
export async function answerSample(
  request: SampleRequest,
  active: ActiveRequest,
  loaded: LoadedNetworks,
  post: Post,
): Promise<Ending> {
  const { id, settings, stepMs, inside } = request;
  const { numSteps, guidanceScale, labels } = settings;
  const { isAborted } = active;
  const { judge: judging } = loaded;
  const steering = stepMs === undefined ? undefined : new Steering(numSteps, guidanceScale, stepMs);
  active.steering = steering;
  const onProgress = (progress: DownloadProgress) =>
    post({ type: 'progress', id, progress: { phase: 'download', ...progress } });
  const recorded: readonly Prediction[] = inside?.gradient ? ['classifier'] : [];
  const frames = frameQueue(id, steering, post);
  const draw = async (onLost?: () => void) => {
    const networks = await openRunNetworks(
      settings,
      (manifest) => [
        ...(stepMs === undefined ? runPredictions(settings, manifest) : anyPredictions(settings)),
        ...recorded,
      ],
      { active, loaded, id: request.denoiser },
      onProgress,
    );
    // The scales of a steered run are not known before it ends.
    const stages = steering ? undefined : loaded.stages;
    steering?.begin();
    const run = await runSampler(
      { ...networks, stages, onLost },
      steering?.settings(settings) ?? settings,
      (step) => {
        if (request.measure) return undefined;
        frames.add(step);
        // The next stage may have to be downloaded first.
        if (step.sigma === 0) frames.post();
        if (step.step < numSteps) return steering?.stepDone(step.step, active.signal);
        return undefined;
      },
      isAborted,
      inside && {
        inside,
        // Of a prompt the judge has no class to give a probability to.
        opinion:
          judging && !networks.prompts
            ? (estimates) => opinionOf(judging, estimates, labels, isAborted)
            : undefined,
      },
    );
    frames.post();
    return { ...run, networks };
  };
  // What is steered is not drawn twice under the visitor's hand.
  const run = steering ? await draw() : await inFullIfLost(loaded, draw);
  const { samples, frame, figures, networks } = run;
  if (figures.lost && loaded.inHalf) await loaded.toFullPrecision();
  const measured =
    request.measure && judging
      ? await measure(judging, samples, askedFor(settings, networks), isAborted)
      : undefined;
  const verdicts =
    request.judge && !request.measure && judging
      ? await judge(judging, samples, askedFor(settings, networks), isAborted)
      : undefined;
  const steered = steering && {
    // Without the time that it waited for the visitor.
    figures: { ...figures, totalMs: figures.totalMs - steering.waitedMs },
    scales: [...steering.scales],
  };
  return { type: 'done', id, samples, frame, figures, verdicts, ...steered, measured };
}

/** Frames on their way to the page, posted some at a time. */
function frameQueue(id: number, steering: Steering | undefined, post: Post) {
  const queued: Frame[] = [];
  let lastPostMs = Number.NEGATIVE_INFINITY;
  const queue = {
    add(frame: Frame) {
      queued.push(frame);
      if (performance.now() - lastPostMs >= FRAMES_EVERY_MS) queue.post();
    },
    post() {
      const frames = queued.splice(0);
      if (frames.length === 0) return;
      const buffers = frames.flatMap(({ x, denoised, outside, inside }) => [
        x.buffer,
        denoised.buffer,
        outside.buffer,
        ...(inside ? buffersOf(inside) : []),
      ]);
      const scales = steering && frames.flatMap(({ step }) => steering.scales[step] ?? []);
      post({ type: 'steps', id, frames, scales }, buffers);
      lastPostMs = performance.now();
    },
  };
  return queue;
}

/** What the samples were asked for; a class mixed into the label is, if any of it is. */
export function askedFor(
  { labels, mix }: SampleSettings,
  { prompts }: Pick<RunNetworks, 'prompts'>,
) {
  return { labels, mixed: mix && mix.share > 0 ? mix.with : undefined, prompts };
}
