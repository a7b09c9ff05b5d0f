import type { ArrayField } from '../diffusion/fields';
import type { LostSample } from '../diffusion/lost';
import type { DenoiserManifest } from '../networks/manifest';
import { ByteBudget } from './byte-budget';
import type { Frame, SampleSettings } from './protocol';

/** The first two stages of some runs of sixteen samples. */
const BUDGET_BYTES = 24 * 2 ** 20;

/** What a stage has drawn, with the frames of all stages up to it. */
interface DrawnStage {
  readonly samples: Float32Array;
  readonly frames: readonly Frame[];
  /** Network evaluations a sample, of these stages. */
  readonly nfe: number;
  /** Samples that are lost. */
  readonly lost: readonly LostSample[];
}

/** A stage that is known, as the next one needs it; copies. */
interface KnownStage extends Pick<DrawnStage, 'frames' | 'nfe' | 'lost'> {
  /** 0 for the first. */
  readonly stage: number;
  readonly low: ArrayField;
  /** Of those pictures: [channels, height, width]. */
  readonly shape: Frame['shape'];
}

/**
 * What the stages of cascades have drawn before the last one: a run that differs in a later stage's
 * settings goes on from there.
 */
export class StageMemory {
  readonly #stages: ByteBudget<DrawnStage>;

  constructor(budgetBytes = BUDGET_BYTES) {
    this.#stages = new ByteBudget(budgetBytes, bytesOf);
  }

  clear(): void {
    this.#stages.clear();
  }

  /** The latest stage of a run, but for its last, that is known. */
  latest(network: Pick<DenoiserManifest, 'id'>, settings: SampleSettings): KnownStage | undefined {
    for (let stage = (settings.stages?.length ?? 0) - 1; stage >= 0; stage--) {
      const known = this.#stages.get(keyOf(network, settings, stage));
      if (!known) continue;
      const { samples, frames, ...figures } = known;
      const batch = settings.seeds.length;
      const low = { data: samples.slice(), batch, size: samples.length / batch };
      const { shape } = frames.at(-1)!;
      return { stage, low, shape, frames: frames.map(copyOfFrame), ...figures };
    }
    return undefined;
  }

  /** Keeps what a stage has drawn. */
  put(
    network: Pick<DenoiserManifest, 'id'>,
    settings: SampleSettings,
    stage: number,
    drawn: DrawnStage,
  ): void {
    this.#stages.put(keyOf(network, settings, stage), drawn);
  }
}

/** Everything that decides what a stage draws. */
function keyOf(
  { id }: Pick<DenoiserManifest, 'id'>,
  settings: SampleSettings,
  stage: number,
): string {
  return JSON.stringify([id, stage, { ...settings, stages: settings.stages?.slice(0, stage) }]);
}

/** Frames leave the worker in transferred buffers. */
export function copyOfFrame(frame: Frame): Frame {
  const { x, denoised, outside } = frame;
  return { ...frame, x: x.slice(), denoised: denoised.slice(), outside: outside.slice() };
}

function bytesOf({ samples, frames }: DrawnStage): number {
  const pictures = frames.flatMap(({ x, denoised, outside }) => [x, denoised, outside]);
  return [samples, ...pictures].reduce((bytes, { byteLength }) => bytes + byteLength, 0);
}
