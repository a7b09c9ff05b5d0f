import type { Bytes } from '../sources';
import {
  ELEMENT,
  integerAttribute,
  makeNode,
  makeTensor,
  type OnnxNode,
  type OnnxTensor,
  readGraph,
  writeGraph,
} from './onnx';

/** Operators with weights or matrix products: where the time goes. */
const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);
/** These move numbers and do not compute. */
const MOVING = new Set(['Reshape', 'Transpose', 'Split', 'Concat']);
/** Other operators that take and give one floating-point type. */
const OTHERS = new Set([
  ...[
    'Add',
    'Sub',
    'Mul',
    'Div',
    'Sqrt',
    'Log',
    'Floor',
    'Sigmoid',
    'Relu',
    'Softmax',
    'Identity',
    'Cast',
  ],
  ...['AveragePool', 'Resize', 'DepthToSpace', 'InstanceNormalization', 'LayerNormalization'],
  ...['ReduceSum', 'ReduceL2', 'Pad', 'Pow', 'Expand'],
  // Of the number of tokens, which no picture leads to.
  ...['Shape', 'Gather', 'ConstantOfShape', 'EyeLike'],
]);
/** Inputs of another type than the node's own, by their places. */
const OTHER_INPUTS: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Split: [1],
  Resize: [1, 2, 3],
  ReduceSum: [1],
  Pad: [1, 3],
  Expand: [1],
};

/**
 * A network's graph computing in float16, from the file that stores its weights so.
 *
 * What comes between the first and the last matrix product on the picture's way through the graph is
 * computed in float16. The rest stays in float32: the noise level and its embedding, the
 * preconditioning (sigma² under- and overflows in float16), and all inputs and outputs.
 *
 * @param model an ONNX file whose weights stand in it, as float16 behind Cast nodes or as float32
 * @param picture name of the input that is the picture
 * @throws RangeError for a graph that this cannot be done to, with what stands in the way
 */
export function toHalf(model: Uint8Array, picture = 'x'): Bytes {
  const graph = readGraph(model);
  const tensors = new Map(graph.tensors.map((tensor) => [tensor.name, tensor]));
  const unknown = graph.nodes.find(
    ({ op }) => !WEIGHTED.has(op) && !MOVING.has(op) && !OTHERS.has(op),
  );
  if (unknown)
    throw new RangeError(`float16 needs operators known here, the graph has ${unknown.op}`);

  /** Weights stored in float16, by the names that they have as float32. */
  const stored = new Map<string, string>();
  for (const node of graph.nodes) {
    if (node.op !== 'Cast') continue;
    const source = tensors.get(node.inputs[0]!);
    const widens = integerAttribute(node, 'to') === ELEMENT.float;
    if (source?.type !== ELEMENT.float16 || !widens) {
      throw new RangeError('float16 needs a graph whose only Cast nodes widen stored weights');
    }
    stored.set(node.outputs[0]!, source.name);
  }
  const outputs = graph.outputs.map(({ name }) => name);
  const halves = halfNodes(graph.nodes, outputs, picture);
  if (halves.size === 0)
    throw new RangeError(`float16 needs matrix products on the way of "${picture}"`);

  // Every tensor has its name in the precision that it is made in, and another where it is cast.
  const madeHalf = new Set([...halves].flatMap(({ outputs }) => outputs));
  const nodes: OnnxNode[] = [];
  const added = new Map<string, OnnxTensor>();
  const cast = new Set<string>();
  const inPrecision = (name: string, half: boolean): string => {
    const weight = tensors.get(name);
    if (name === '' || (weight && weight.type !== ELEMENT.float)) return name;
    if (half && stored.has(name)) return stored.get(name)!;
    if (madeHalf.has(name) === half) return name;
    const other = `${name}_${half ? 'float16' : 'float32'}`;
    if (weight) {
      if (!added.has(other)) added.set(other, narrowed(weight, other));
    } else if (!cast.has(other)) {
      cast.add(other);
      const to = half ? ELEMENT.float16 : ELEMENT.float;
      nodes.push(makeNode('Cast', [name], [other], { to }));
    }
    return other;
  };
  for (const node of graph.nodes) {
    const half = halves.has(node);
    const others = OTHER_INPUTS[node.op] ?? [];
    const inputs =
      node.op === 'Cast'
        ? node.inputs
        : node.inputs.map((name, i) => (others.includes(i) ? name : inPrecision(name, half)));
    nodes.push({ ...node, inputs });
  }

  // Widened weights and float32 ones that nothing uses any more fall away.
  const used = new Set(nodes.filter(({ op }) => op !== 'Cast').flatMap(({ inputs }) => inputs));
  const keptNodes = nodes.filter(({ op, outputs }) => op !== 'Cast' || used.has(outputs[0]!));
  const needed = new Set(keptNodes.flatMap(({ inputs }) => inputs));
  const weights = [...graph.tensors, ...added.values()].filter(({ name }) => needed.has(name));
  return writeGraph({ ...graph, nodes: keptNodes, tensors: weights });
}

/** The nodes to compute in float16; `nodes` are in the order of computation, as ONNX demands. */
function halfNodes(
  nodes: readonly OnnxNode[],
  outputs: readonly string[],
  picture: string,
): Set<OnnxNode> {
  const fromPicture = new Set([picture]);
  const afterFirst = new Set<string>();
  const entered = new Set<OnnxNode>();
  for (const node of nodes) {
    if (!node.inputs.some((name) => fromPicture.has(name))) continue;
    for (const name of node.outputs) fromPicture.add(name);
    if (WEIGHTED.has(node.op) || node.inputs.some((name) => afterFirst.has(name))) {
      entered.add(node);
      for (const name of node.outputs) afterFirst.add(name);
    }
  }
  const beforeLast = new Set<string>();
  const halves = new Set<OnnxNode>();
  /** Tensors that something computes with in float32. */
  const wide = new Set(outputs);
  for (const node of nodes.toReversed()) {
    // A graph's outputs keep their type.
    const last = node.outputs.some((name) => outputs.includes(name));
    const leads = WEIGHTED.has(node.op) || node.outputs.some((name) => beforeLast.has(name));
    // What only moves numbers does so in the precision of those who take them: fewer casts.
    const follows = MOVING.has(node.op) && !node.outputs.some((name) => wide.has(name));
    if (!last && ((entered.has(node) && leads) || follows)) {
      halves.add(node);
      for (const name of node.inputs) beforeLast.add(name);
    } else for (const name of node.inputs) wide.add(name);
  }
  return halves;
}

/** A float32 weight in float16. */
function narrowed({ name, dims, data }: OnnxTensor, newName: string): OnnxTensor {
  if (!data) throw new RangeError(`float16 needs weights in the file itself, "${name}" is not`);
  const wide = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const half = new DataView(new ArrayBuffer(data.byteLength / 2));
  for (let i = 0; i < half.byteLength / 2; i++) {
    const bits = halfBits(wide.getFloat32(4 * i, true));
    if ((bits & 0x7c00) === 0x7c00) {
      const value = wide.getFloat32(4 * i, true);
      throw new RangeError(`float16 needs weights within ±65504, "${name}" has ${value}`);
    }
    half.setUint16(2 * i, bits, true);
  }
  return makeTensor(newName, ELEMENT.float16, dims, new Uint8Array(half.buffer));
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The bits of the float16 nearest to a number, ties to even; beyond ±65504 those of infinity. */
export function halfBits(value: number): number {
  float[0] = value;
  const bits = word[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112;
  const mantissa = bits & 0x7fffff;
  if (exponent === 143) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  if (exponent > 30) return sign | 0x7c00;
  if (exponent < -10) return sign;
  // Below 2^-14 the leading one is written out and the exponent is 0.
  const shift = exponent > 0 ? 13 : 14 - exponent;
  const whole = exponent > 0 ? mantissa : mantissa | 0x800000;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  const down = (Math.max(exponent, 0) << 10) + (whole >>> shift);
  return sign | (down + (rest > middle || (rest === middle && down & 1) ? 1 : 0));
}
