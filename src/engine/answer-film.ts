import type { ActiveRequest, FilmRequest } from './active-request';
import { askedFor } from './answer-sample';
import { anyPredictions } from './companions';
import { inFullIfLost } from './full-precision';
import { judge } from './judge';
import type { LoadedNetworks } from './loaded-networks';
import { Lockstep } from './lockstep';
import type { Ending, Frame, SampleSettings, Take } from './protocol';
import { type RunNetworks, runSampler, type Upsampler } from './run';
import { openRunNetworks } from './run-networks';

/**
 * Draws the same samples at several scales: the runs go side by side and share network runs.
 *
 * @throws ModelError; Aborted; RangeError for settings out of range
 */
export async function answerFilm(
  { id, settings, scales, judge: judging }: FilmRequest,
  active: ActiveRequest,
  loaded: LoadedNetworks,
): Promise<Ending> {
  const { isAborted } = active;
  const { takes, networks } = await inFullIfLost(loaded, async (onLost) => {
    const networks = await openRunNetworks(settings, () => anyPredictions(settings), {
      active,
      loaded,
    });
    const takes = await drawFilm({ ...networks, onLost }, settings, scales, isAborted);
    return { takes, networks };
  });
  if (!judging || !loaded.judge) return { type: 'filmed', id, takes };
  const judged: Take[] = [];
  for (const take of takes) {
    const asked = askedFor(settings, networks);
    const verdicts = await judge(loaded.judge, take.samples, asked, isAborted);
    judged.push({ ...take, verdicts });
  }
  return { type: 'filmed', id, takes: judged };
}

/** A stage that is opened once for all runs. */
function sharedUpsampler(open: () => Promise<Upsampler>, lockstep: Lockstep) {
  let opening: Promise<Upsampler> | undefined;
  return () => {
    opening ??= open().then((used) => ({ ...used, network: lockstep.shared(used.network) }));
    return opening;
  };
}

/** One take a scale, drawn in lock-step. */
export async function drawFilm(
  { network, companions = {}, upsamplers = [], ...others }: RunNetworks,
  settings: SampleSettings,
  scales: readonly number[],
  isAborted: () => Promise<boolean>,
): Promise<Take[]> {
  const lockstep = new Lockstep(scales.length);
  const shared = {
    ...others,
    network: lockstep.shared(network),
    companions: Object.fromEntries(
      Object.entries(companions).map(([name, used]) => [
        name,
        { ...used, network: lockstep.shared(used.network) },
      ]),
    ),
    upsamplers: upsamplers.map((open) => sharedUpsampler(open, lockstep)),
  };
  const runs = scales.map(async (guidanceScale) => {
    const frames: Frame[] = [];
    try {
      const run = await runSampler(
        shared,
        { ...settings, guidanceScale },
        (frame) => void frames.push(frame),
        isAborted,
      );
      const { samples, frame, figures } = run;
      const sharedBy = scales.length;
      return { samples, frames: [...frames, frame], figures: { ...figures, sharedBy } };
    } catch (error) {
      lockstep.fail(error);
      throw error;
    } finally {
      lockstep.leave();
    }
  });
  // All have ended before the answer goes out: none may still hold the network.
  const ended = await Promise.allSettled(runs);
  return ended.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return { ...result.value, verdicts: undefined };
  });
}
