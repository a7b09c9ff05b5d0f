import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test, vi } from 'vitest';
import { damaged } from '../../e2e/fixtures/damage';
import { Choices } from '../../e2e/fixtures/random';
import { adaptedSigmaRange } from '../diffusion/adapt';
import type { DenoiserManifest } from '../networks/manifest';
import { withBorder } from '../networks/onnx/border';
import { NoOnnx, readOnnx } from '../networks/onnx/file';
import { readGraph } from '../networks/onnx/onnx';
import { metadataHints } from '../networks/own/own-hints';
import { ownManifest, settingsProblems, suggested } from '../networks/own/own-network';
import { findPorts } from '../networks/own/ports';
import { openDenoiser } from './open-denoiser';
import { openWasm, type Runtime } from './session';

// The page's own way of a brought file, from its bytes to its trial in the runtime, but for the page.
const wasm = vi.hoisted(() => ({ url: '' }));
vi.mock('onnxruntime-web/ort-wasm-simd-threaded.wasm?url', () => wasm);

const FOLDER = new URL('../../e2e/fixtures/bring/', import.meta.url);
/** Those that a trial opens as they stand. */
const NETWORKS = ['eps', 'v', 'index', 'student'];
const wholes = new Map(
  NETWORKS.map((name) => [name, new Uint8Array(readFileSync(new URL(`${name}.onnx`, FOLDER)))]),
);
/** docs/PERFORMANCE.md has what more of them, and other seeds, came to. */
const COUNT = Number(process.env.GUIDANCE_DAMAGED_FILES ?? 60);
const SEED = Number(process.env.GUIDANCE_SEED ?? 1);

let runtime: Runtime;
beforeAll(async () => {
  const path = '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';
  const bytes = readFileSync(new URL(path, import.meta.url));
  // Node fetches no files.
  Object.assign(wasm, { default: `data:application/wasm;base64,${bytes.toString('base64')}` });
  vi.stubGlobal('self', globalThis);
  runtime = await openWasm();
});

interface Answer {
  readonly said?: string;
  /** What it estimates, where it opens. */
  readonly estimate?: string;
}

async function bring(name: string, bytes: Uint8Array): Promise<Answer> {
  let manifest: DenoiserManifest;
  let graph = bytes;
  try {
    const file = readOnnx(bytes, name);
    const { value: ports, problems } = findPorts(file);
    if (!ports) return { said: problems.join('\n') };
    const settings = suggested(ports, metadataHints(file, name).value, name);
    const wrong = settingsProblems(settings, ports);
    if (wrong.length > 0) return { said: wrong.join('\n') };
    if (ports.border.length > 0) graph = withBorder(bytes, ports.border);
    const sha256 = createHash('sha256').update(graph).digest('hex');
    const own = { name, bytes: graph.length, sha256, parameters: file.parameters };
    manifest = ownManifest(settings, ports, own, settings.sigma ?? adaptedSigmaRange(settings));
  } catch (error) {
    expect(error).toBeInstanceOf(NoOnnx);
    return { said: (error as Error).message };
  }
  try {
    const options = { precision: 'fp32', maxBatch: undefined, lostAt: undefined, rows: 2 } as const;
    const { network } = await openDenoiser(runtime, manifest, graph, {
      ...options,
      onSmallerBatch: () => {},
    });
    const { shape, classes } = manifest;
    const size = shape.reduce((a, b) => a * b);
    const x = new Float32Array(2 * size).map((_, i) => Math.sin(i));
    const label = new Float32Array(2 * (classes.length + 1));
    label[0] = label[2 * classes.length + 1] = 1;
    const estimates: Float32Array[] = [];
    for (const sigma of [0.1, 0.7, 20]) {
      const { denoised } = await network.run(
        {
          x: { data: x.map((n) => sigma * n), dims: shape },
          sigma: { data: Float32Array.of(sigma, sigma), dims: [] },
          label: { data: label, dims: [classes.length + 1] },
          ...(manifest.adapt?.scale && { scale: { data: Float32Array.of(2, 2), dims: [] } }),
        },
        2,
      );
      estimates.push(denoised!.slice());
    }
    await network.release();
    return { estimate: estimates.join() };
  } catch (error) {
    return { said: (error as Error).message };
  }
}

test('a damaged file that is brought is told, or is another network of its own right', async () => {
  const choices = new Choices(SEED);
  const estimates = new Map<string, string>();
  for (const [name, bytes] of wholes) {
    const { said, estimate } = await bring(`${name}.onnx`, bytes);
    expect(said, name).toBeUndefined();
    estimates.set(name, estimate!);
  }
  const found: Record<string, number> = {};
  for (let i = 0; i < COUNT; i++) {
    const name = choices.of(NETWORKS);
    const whole = wholes.get(name)!;
    const { kind, at, bytes } = damaged(whole, choices);
    const which = `${name}.onnx, ${kind} at ${at}`;
    const { said, estimate } = await bring(`${name}.onnx`, bytes);
    let verdict = 'told';
    if (said !== undefined) expect(said, which).toMatch(/\w+ \w+ \w+/);
    else if (estimate === estimates.get(name)) verdict = 'estimates the same';
    else {
      // What the form of a file can tell, it tells: numbers of weights and attributes it cannot.
      expect(bytes.length, which).toBe(whole.length);
      verdict = formOf(bytes) === formOf(whole) ? 'other numbers' : 'another graph';
    }
    const key = `${kind}: ${verdict}`;
    found[key] = (found[key] ?? 0) + 1;
  }
  if (COUNT > 100) process.stdout.write(`seed ${SEED}: ${JSON.stringify(found)}\n`);
  // None of them has broken the runtime.
  for (const [name, bytes] of wholes) {
    expect((await bring(`${name}.onnx`, bytes)).estimate, name).toBe(estimates.get(name));
  }
});

/** All of a file but the numbers of its weights and of the attributes of its nodes. */
function formOf(bytes: Uint8Array): string {
  const { nodes, tensors, inputs, outputs } = readGraph(bytes);
  return JSON.stringify([
    nodes.map(({ rest, ...node }) => [node, rest.map(({ length }) => length)]),
    tensors.map(({ name, type, dims, data }) => [name, type, dims, data?.length]),
    inputs,
    outputs,
  ]);
}
