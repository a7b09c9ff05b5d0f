import { findGuidanceRule } from '../diffusion/guidance';
import { ANY_SCALE, neededPredictions, scalesOf } from '../diffusion/guidance/needed';
import type { Prediction } from '../diffusion/guidance/rule';
import { guidanceModifiers, runSigmas } from '../diffusion/run';
import type { DownloadProgress } from '../networks/download';
import type { DenoiserManifest } from '../networks/manifest';
import type { ActiveRequest, SampleRequest } from './active-request';
import { buffersOf } from './inside';
import { judge, measure, opinionOf } from './judge';
import type { LoadedNetworks, Model } from './loaded-networks';
import type { Ending, EngineEvent, Frame, SampleSettings } from './protocol';
import { type CompanionName, runSampler } from './run';
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
  const other = (model: string) => loaded.other(model, active.signal, onProgress);
  const { manifest, network } = await loaded.denoiser(request.denoiser, active.signal, onProgress);
  const companions: Partial<Record<CompanionName, Model>> = {};
  for (const [name, model] of companionIds(request, manifest))
    companions[name] = await other(model);

  const frames = frameQueue(id, steering, post);
  steering?.begin();
  const { samples, frame, figures } = await runSampler(
    { manifest, network, companions },
    steering?.settings(settings) ?? settings,
    (step) => {
      if (request.measure) return undefined;
      frames.add(step);
      return steering?.stepDone(step.step, active.signal);
    },
    isAborted,
    inside && {
      inside,
      opinion:
        judging &&
        ((estimates) => opinionOf(judging.network, judging.manifest, estimates, labels, isAborted)),
    },
  );
  frames.post();
  const measured =
    request.measure && judging
      ? await measure(judging.network, judging.manifest, samples, labels.length, isAborted)
      : undefined;
  const verdicts =
    request.judge && !request.measure && judging
      ? await judge(
          judging.network,
          judging.manifest,
          samples,
          labels,
          isAborted,
          mixedClass(settings),
        )
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
      const scales = steering && frames.map(({ step }) => steering.scales[step]!);
      post({ type: 'steps', id, frames, scales }, buffers);
      lastPostMs = performance.now();
    },
  };
  return queue;
}

/** The class mixed into the label, if any of it is. */
function mixedClass({ mix }: SampleSettings): number | undefined {
  return mix && mix.share > 0 ? mix.with : undefined;
}

/** Ids of the companions that the run evaluates, and of the classifier whose gradient is recorded. */
function companionIds(
  { settings, stepMs, inside }: SampleRequest,
  { id, companions, sigma }: DenoiserManifest,
): [CompanionName, string][] {
  const sigmas = runSigmas(settings, { sigmaMin: sigma.min, sigmaMax: sigma.max });
  const scales = stepMs === undefined ? scalesOf(guidanceModifiers(settings), sigmas) : ANY_SCALE;
  const rule = findGuidanceRule(settings.guidance);
  const predictions = neededPredictions(rule, settings.parameters, scales);
  const recorded: readonly Prediction[] = inside?.gradient ? ['classifier'] : [];
  return [...new Set([...predictions, ...recorded])].flatMap((name): [CompanionName, string][] => {
    if (name === 'cond' || name === 'uncond') return [];
    const modelId = companions?.[name];
    if (!modelId) throw new Error(`${id}: the manifest must name a companion "${name}"`);
    return [[name, modelId]];
  });
}
