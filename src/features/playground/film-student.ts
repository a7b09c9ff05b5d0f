import { fast } from '../../diffusion/guidance/distilled';
import type { SampleSettings } from '../../engine/protocol';
import type { DenoiserManifest } from '../../networks/manifest';

/**
 * The same samples by the network's student of few steps, which learnt classifier-free guidance at a
 * scale that stays what it is. Undefined where there is none, or where it was not taught what is asked
 * for.
 */
export function studentRun(
  settings: SampleSettings,
  { companions }: Pick<DenoiserManifest, 'companions'>,
): SampleSettings | undefined {
  const { guidance, curve, shape, interval, threshold, negative, mix, stages } = settings;
  if (companions?.fast === undefined || guidance !== 'cfg') return undefined;
  const isPlain = curve === null && shape === 'constant' && interval === null && !threshold;
  if (!isPlain || negative !== undefined || mix || stages) return undefined;
  return { ...settings, guidance: fast.id, ...fast.madeFor, parameters: {} };
}
