import { outdoing } from '../diffusion/rivals';
import { checkDifference, checkInputs } from '../diffusion/self-check';
import { messageOf } from '../networks/errors';
import type { DenoiserManifest } from '../networks/manifest';
import { toHalf } from '../networks/onnx/half';
import { adaptedNetwork, checkBatch, checkForward, isAdapted } from './adapted';
import { batchAssumed, batchInTime, batchUpTo, batchWithinLimits } from './batches';
import { compareNetwork } from './compare';
import type { LimitedNetwork, SmallerBatch } from './network';
import {
  type BatchWhy,
  type ComparedNetwork,
  type ComparisonRequest,
  LARGEST_BATCH,
  type Precision,
  type PrecisionChoice,
  type PrecisionWhy,
} from './protocol';
import type { Runtime } from './session';

/**
 * How far an answer may lie from the stored one, which onnxruntime computed in float32 on a CPU; a
 * grey level is 2/255 = 0.008. Sums in float16, as GPU kernels take them, were 0.017 off at most for
 * the letters; what overflows or comes from a broken driver is off by far more.
 */
const TOLERANCE = { fp32: 2e-3, fp16: 5e-2 } as const;

/** How a network is to be opened. */
export interface OpenOptions {
  readonly precision: PrecisionChoice;
  /** Most rows of one run, whatever the device; undefined: as many as it is good for. */
  readonly maxBatch: number | undefined;
  /** Rows that lost the device before: fewer from now on. */
  readonly lostAt: number | undefined;
  /** Rows that the first run will evaluate at once: the trial compiles the network for them. */
  readonly rows: number;
  readonly onSmallerBatch: (smaller: SmallerBatch) => void;
  /** Of a brought network: what its convention is to be compared with. */
  readonly compare?: ComparisonRequest | undefined;
}

/** A denoiser that was tried out. */
export interface OpenedDenoiser {
  readonly network: LimitedNetwork;
  readonly openedAs: OpenedAs;
  /** Where it was asked for. */
  readonly compared?: ComparedNetwork | undefined;
}

/** What a network runs in, for the badge. */
export interface OpenedAs {
  readonly precision: Precision;
  readonly precisionWhy?: PrecisionWhy;
  /** Difference from the stored answer, where there is one. */
  readonly difference?: number;
  readonly maxBatch: number;
  readonly batchWhy?: BatchWhy;
}

/**
 * Opens a denoiser in the best precision and the largest batches that are allowed and work here, which
 * a trial run shows: it compiles the shaders, is compared with the stored answer, and measured.
 *
 * @param graph its ONNX file
 * @throws what the trial run in float32 failed with
 */
export async function openDenoiser(
  runtime: Runtime,
  manifest: DenoiserManifest,
  graph: Uint8Array,
  options: OpenOptions,
): Promise<OpenedDenoiser> {
  const refused = whyNotHalf(runtime, manifest, options.precision);
  if (refused) return openAndTry(runtime, manifest, graph, options, 'fp32', refused);
  const inFull = (reason: PrecisionWhy['reason'], error: unknown) =>
    openAndTry(runtime, manifest, graph, options, 'fp32', { reason, detail: messageOf(error) });
  let half: Uint8Array;
  try {
    half = toHalf(graph, manifest.adapt?.x);
  } catch (error) {
    return inFull('unsuited', error);
  }
  const why: PrecisionWhy | undefined =
    options.precision === 'fp16' ? { reason: 'asked', detail: '' } : undefined;
  return openAndTry(runtime, manifest, half, options, 'fp16', why).catch((error) =>
    inFull('self-check', error),
  );
}

/** Why float16 is not even tried. */
function whyNotHalf(
  { info, half }: Runtime,
  { selfCheck }: DenoiserManifest,
  choice: PrecisionChoice,
): PrecisionWhy | undefined {
  if (choice === 'fp32') return { reason: 'asked', detail: '' };
  if (info.backend === 'webgpu' && !half) return { reason: 'no-shader-f16', detail: '' };
  if (choice === 'fp16') return undefined;
  if (info.backend === 'wasm') return { reason: 'cpu', detail: '' };
  return selfCheck ? undefined : { reason: 'no-check', detail: '' };
}

async function openAndTry(
  runtime: Runtime,
  manifest: DenoiserManifest,
  graph: Uint8Array,
  options: OpenOptions,
  precision: Precision,
  precisionWhy: PrecisionWhy | undefined,
): Promise<OpenedDenoiser> {
  const { single, batch: fixedBatch } = manifest.adapt?.graph ?? {};
  const only = single ? 1 : fixedBatch;
  const first = only ? { batch: only, why: undefined } : firstBatch(runtime, manifest, options);
  let batchWhy = first.why;
  const opened = runtime.open(graph, {
    dims: manifest.adapt?.graph.dims ?? {
      batch: 'batch',
      ...(manifest.prompts && { tokens: manifest.prompts.tokens }),
    },
    outputs: [manifest.adapt?.output ?? 'denoised'],
    maxBatch: first.batch,
    fixedBatch,
    onSmallerBatch: (smaller) => {
      batchWhy = { reason: 'memory', detail: smaller.detail };
      options.onSmallerBatch(smaller);
    },
  });
  const network = isAdapted(manifest) ? adaptedNetwork(opened, manifest) : opened;
  try {
    if (manifest.own && isAdapted(manifest)) await checkBatch(network, manifest);
    const compared =
      options.compare && isAdapted(manifest)
        ? await compareNetwork(opened, manifest, options.compare)
        : undefined;
    // What another convention fits better is not opened by this one.
    if (compared && outdoing(compared)) {
      return { network, openedAs: { precision, maxBatch: network.maxBatch }, compared };
    }
    if (manifest.own && isAdapted(manifest)) await checkForward(network, manifest);
    const assumed = options.maxBatch ?? batchAssumed(runtime.speed, manifest);
    const rows = Math.max(1, Math.min(options.rows, first.batch, assumed));
    let { ms, difference } = await trial(manifest, network, rows);
    const forced = precision === 'fp16' && precisionWhy?.reason === 'asked';
    if (difference !== undefined && !forced && !(difference <= TOLERANCE[precision])) {
      throw new Error(
        `The network's trial run in ${precision} must agree with its reference within ${TOLERANCE[precision]}, it differs by ${difference}`,
      );
    }
    if (options.maxBatch === undefined && !fixedBatch && batchInTime(ms, rows) < network.maxBatch) {
      // The first run compiled too: what it took says nothing yet.
      ({ ms } = await trial(manifest, network, rows));
      const inTime = batchInTime(ms, rows);
      if (inTime < network.maxBatch) {
        network.limit(inTime);
        batchWhy = { reason: 'time', detail: '' };
      }
    }
    const { maxBatch } = network;
    return {
      network,
      openedAs: {
        precision,
        ...(precisionWhy && { precisionWhy }),
        ...(difference !== undefined && { difference }),
        maxBatch,
        ...(batchWhy && { batchWhy }),
      },
      compared,
    };
  } catch (error) {
    await network.release();
    throw error;
  }
}

/** The largest batch before anything was run, and what decided it if it is not the largest of all. */
function firstBatch(
  { limits }: Pick<Runtime, 'limits'>,
  manifest: Pick<DenoiserManifest, 'shape' | 'flopsPerForward'>,
  { maxBatch, lostAt }: Pick<OpenOptions, 'maxBatch' | 'lostAt'>,
): { readonly batch: number; readonly why: BatchWhy | undefined } {
  if (maxBatch !== undefined) {
    const batch = batchUpTo(maxBatch);
    return { batch, why: { reason: 'asked', detail: '' } };
  }
  const within = limits ? batchWithinLimits(limits, manifest) : LARGEST_BATCH;
  const after = lostAt === undefined ? LARGEST_BATCH : batchUpTo(lostAt - 1);
  if (after < within) {
    return { batch: after, why: { reason: 'memory', detail: `${lostAt} rows lost the device` } };
  }
  return {
    batch: within,
    why: within < LARGEST_BATCH ? { reason: 'limits', detail: '' } : undefined,
  };
}

/** What a network without a stored check is tried with. */
const UNCHECKED = { seed: 0, sigmas: [1], labels: [0] };

/** Evaluates the rows of the stored check, or of another input where a network has none. */
async function trial(
  manifest: DenoiserManifest,
  network: LimitedNetwork,
  rows: number,
): Promise<{ ms: number; difference: number | undefined }> {
  const { shape, selfCheck } = manifest;
  const inputs = checkInputs(selfCheck ?? UNCHECKED, rows, manifest);
  const before = network.busyMs;
  const { denoised } = await network.run(
    {
      x: { data: inputs.x, dims: shape },
      sigma: { data: inputs.sigma, dims: [] },
      ...inputs.conditioning,
    },
    rows,
  );
  // Data lies in [-1, 1]: an estimate of it that does not is no estimate.
  const wrong = denoised!.find((value) => !(Math.abs(value) < 10));
  if (wrong !== undefined) {
    throw new Error(`The network's trial run must give numbers within ±10, got ${wrong}`);
  }
  const size = shape.reduce((a, b) => a * b);
  return {
    ms: network.busyMs - before,
    difference: selfCheck && checkDifference(selfCheck, denoised!, size),
  };
}
