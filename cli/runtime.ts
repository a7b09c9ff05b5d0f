import { InferenceSession, Tensor } from 'onnxruntime-node';
import { adapter, type Feed } from '../src/diffusion/adapt';
import { type Conditioning, joined, rowsFor } from '../src/diffusion/conditioning';
import type { ForwardBoth } from '../src/diffusion/stacked';
import type { LoadedModel } from '../src/networks/download';
import type { ClassifierManifest, DenoiserManifest, Manifest } from '../src/networks/manifest';
import { toHalf } from '../src/networks/onnx/half';
import { loadLocalModel } from './models';

/** A network on onnxruntime-node: a denoiser, or a classifier of noisy pictures. */
export interface NodeNetwork<M extends Manifest = DenoiserManifest> {
  readonly manifest: M;
  /**
   * D(x; sigma) of a batch of any size, of a classifier grad_x log p(class | x, sigma); one
   * run at a time.
   *
   * @param x [batch, channels, height, width] in sigma units
   * @param sigma [batch]
   * @param conditioning the other inputs, such as label [batch, classes + 1]
   * @returns denoised or gradient [batch, channels, height, width]
   */
  run(x: Float32Array, sigma: Float32Array, conditioning: Conditioning): Promise<Float32Array>;
  /** The same, with the estimate of a head in the middle of the network. @throws for a graph without */
  runBoth: ForwardBoth;
  release(): Promise<void>;
}

export interface OpenNetworkOptions {
  /** CPU threads; 0: the runtime decides. */
  readonly threads?: number;
  /** Of the arithmetic between the first and the last matrix product; see toHalf. Default: fp32. */
  readonly precision?: 'fp16' | 'fp32';
  /** Where the folders of models are. Default: those of this project. */
  readonly folders?: readonly string[] | undefined;
}

/** @throws ModelError; RangeError for a network that does not denoise */
export async function openNetwork(
  id: string,
  { threads = 0, folders, precision = 'fp32' }: OpenNetworkOptions = {},
): Promise<NodeNetwork> {
  const { manifest, files } = await loadLocalModel(id, folders && [...folders]);
  if (manifest.role === 'features' || manifest.role === 'classifier') {
    throw new RangeError(`Model "${id}" must be a denoiser, its role is "${manifest.role}"`);
  }
  return openGraph(manifest, files, 'denoised', threads, precision);
}

/** @throws ModelError; RangeError for a network that is no classifier of noisy pictures */
export async function openClassifier(
  id: string,
  { threads = 0, folders }: OpenNetworkOptions = {},
): Promise<NodeNetwork<ClassifierManifest>> {
  const { manifest, files } = await loadLocalModel(id, folders && [...folders]);
  if (manifest.role !== 'classifier') {
    throw new RangeError(`Model "${id}" must be a classifier, its role is "${manifest.role}"`);
  }
  return openGraph(manifest, files, 'grad', threads);
}

async function openGraph<M extends Manifest>(
  manifest: M,
  files: LoadedModel['files'],
  output: 'denoised' | 'grad',
  threads: number,
  precision: NonNullable<OpenNetworkOptions['precision']> = 'fp32',
): Promise<NodeNetwork<M>> {
  const stored = files.get('model.onnx');
  if (stored === undefined) {
    throw new RangeError(`${manifest.id}/manifest.json must list the file model.onnx`);
  }
  const graph = precision === 'fp16' ? toHalf(stored) : stored;
  const session = await InferenceSession.create(graph, { intraOpNumThreads: threads });
  const sampleSize = manifest.shape.reduce((product, length) => product * length);
  const adapt = 'adapt' in manifest ? manifest.adapt : undefined;
  const adapted = adapt && adapter(adapt, manifest.shape);
  const feedsOf = (x: Float32Array, sigma: Float32Array, conditioning: Conditioning) => {
    const batch = sigma.length;
    if (x.length !== batch * sampleSize) {
      throw new RangeError(`x must hold ${batch} × ${sampleSize} numbers, got ${x.length}`);
    }
    const feeds: Record<string, Tensor> = {
      x: new Tensor('float32', x, [batch, ...manifest.shape]),
      sigma: new Tensor('float32', sigma, [batch]),
    };
    for (const [name, { data, dims }] of Object.entries(
      rowsFor(conditioning, manifest.conditioning),
    )) {
      feeds[name] = new Tensor('float32', data, [batch, ...dims]);
    }
    return feeds;
  };
  return {
    manifest,
    async run(x, sigma, conditioning) {
      if (adapt && adapted) {
        const { label, scale } = rowsFor(conditioning, manifest.conditioning);
        const { rows, feeds, finish } = adapted(x, sigma, label!.data, scale?.data);
        const pass = adapt.graph.single ? 1 : (adapt.graph.batch ?? rows);
        const parts: Float32Array[] = [];
        for (let from = 0; from < rows; from += pass) {
          const inputs = Object.entries(feeds).map(
            ([name, feed]) => [name, tensorOf(feed, from, pass, rows)] as const,
          );
          const outputs = await session.run(Object.fromEntries(inputs), [adapt.output]);
          const data = outputs[adapt.output]?.data as Float32Array;
          // Rows that pad the last pass are left out.
          parts.push(data.subarray(0, (data.length / pass) * Math.min(pass, rows - from)));
        }
        return finish(joined(parts));
      }
      const outputs = await session.run(feedsOf(x, sigma, conditioning), [output]);
      return outputs[output]?.data as Float32Array;
    },
    async runBoth(x, sigma, conditioning) {
      const feeds = feedsOf(x, sigma, conditioning);
      const outputs = await session.run(feeds, ['denoised', 'auxiliary']);
      return {
        denoised: outputs.denoised?.data as Float32Array,
        auxiliary: outputs.auxiliary?.data as Float32Array,
      };
    },
    release: () => session.release(),
  };
}

/** Rows from … from + count of an adapted network's input; rows beyond the last repeat it. */
function tensorOf(
  { data, type, dims, shared }: Feed,
  from: number,
  count: number,
  rows: number,
): Tensor {
  const size = data.length / rows;
  const part = shared ? data : data.slice(from * size, (from + count) * size);
  const there = part.length / size;
  const padded = new Float32Array(shared ? data.length : count * size);
  padded.set(part);
  for (let row = there; !shared && row < count; row++) {
    padded.copyWithin(row * size, (there - 1) * size, there * size);
  }
  const shape = shared ? [...dims] : [count, ...dims];
  if (type === 'int64') return new Tensor(type, BigInt64Array.from(padded, BigInt), shape);
  if (type === 'int32') return new Tensor(type, Int32Array.from(padded), shape);
  return new Tensor(type, padded, shape);
}
