// npm run operators -- [letters emoji …] [--batch 8]: where the time of a network goes in the wasm runtime, by operator.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { modelFolders } from '../cli/models';
import { type NodeTime, operatorTable } from './operator-table';
import { makeProducts } from './products';

/** The first runs compile. */
const WARM_UP = 6;
const RUNS = 8;
/** Prompts are padded to so many tokens: `longest` in the text encoder's manifest. */
const TOKENS = 32;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { batch: { type: 'string', default: '8' } },
});
const batch = Number(values.batch);
if (!Number.isInteger(batch) || batch < 1) {
  throw new RangeError(`--batch must be a whole number from 1, got "${values.batch}"`);
}
const folder = mkdtempSync(join(tmpdir(), 'operators-'));
try {
  for (const model of positionals.length > 0 ? positionals : ['letters', 'emoji']) {
    const times = profile(graphOf(model));
    const flops = times.reduce((sum, { flops: own }) => sum + own, 0);
    const file = join(folder, 'products.onnx');
    writeFileSync(file, makeProducts(flops, 'fp32').graph);
    const table = operatorTable(times, profile(file));
    console.log(`\n${model}, ${batch} rows, one thread\n\n${table}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** @throws RangeError for what is no network's name */
function graphOf(model: string): string {
  const found = modelFolders.map((models) => `${models}/${model}/model.onnx`).find(existsSync);
  if (found !== undefined) return found;
  throw new RangeError(`A network of ${modelFolders.join(' or ')} is needed, got "${model}"`);
}

/** Every node of a run, each at its fastest after the warm-up: another process may have the core meanwhile. */
function profile(graph: string): NodeTime[] {
  const script = fileURLToPath(new URL('./profile-wasm.mjs', import.meta.url));
  const counts = [batch, TOKENS, WARM_UP + RUNS].map(String);
  const printed = execFileSync(process.execPath, [script, graph, ...counts], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const nodes = JSON.parse(printed).filter(
    ({ cat, name }: { cat: string; name: string }) =>
      cat === 'Node' && name.endsWith('_kernel_time'),
  );
  const all: NodeTime[] = nodes.map(nodeTime);
  const count = all.length / (WARM_UP + RUNS);
  return all.slice(0, count).map((node, i) => {
    const later = all.filter((_, k) => k % count === i && k >= WARM_UP * count);
    return { ...node, ms: Math.min(...later.map(({ ms }) => ms)) };
  });
}

type Shapes = readonly Readonly<Record<string, readonly number[]>>[];

function nodeTime(node: {
  readonly dur: number;
  readonly args: {
    readonly op_name: string;
    readonly input_type_shape: Shapes;
    readonly output_type_shape: Shapes;
  };
}): NodeTime {
  const { op_name: operator, input_type_shape: inputs, output_type_shape: outputs } = node.args;
  const shape = (of: Shapes, i: number) => Object.values(of[i] ?? {})[0] ?? [];
  return {
    operator,
    ms: node.dur / 1000,
    ...costOf(operator, shape(inputs, 0), shape(inputs, 1), shape(outputs, 0)),
  };
}

/**
 * Multiplications and additions of a node with weights, and what tells its kind from others. The profile
 * does not show the weights of a transposed convolution.
 */
function costOf(
  operator: string,
  input: readonly number[],
  weight: readonly number[],
  output: readonly number[],
): { readonly flops: number; readonly kind: string } {
  const size = (dimensions: readonly number[]) => dimensions.reduce((a, b) => a * b, 1);
  const kernel = weight.slice(2).join('×');
  if (operator === 'Conv' || operator === 'FusedConv') {
    const own = weight[1] === 1 && (input[1] ?? 1) > 1 ? ', a channel alone' : '';
    return { flops: 2 * size(output) * size(weight.slice(1)), kind: `${kernel}${own}` };
  }
  const isProduct = ['Gemm', 'MatMul', 'FusedMatMul', 'FusedGemm'].includes(operator);
  return { flops: isProduct ? 2 * size(output) * (input.at(-1) ?? 1) : 0, kind: '' };
}
