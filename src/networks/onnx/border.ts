import type { Bytes } from '../sources';
import {
  ELEMENT,
  inputField,
  makeNode,
  makeTensor,
  type OnnxNode,
  type OnnxTensor,
  outputField,
  portOf,
  readGraph,
  writeGraph,
} from './onnx';

/** An input or output that is to have another form outside a graph than within. */
export interface Conversion {
  readonly port: 'input' | 'output';
  /** As the graph calls it. */
  readonly name: string;
  /** Its name from now on. */
  readonly as: string;
  /** Element type within, one of ELEMENT; outside, inputs of pictures, timesteps and masks and outputs are float32. */
  readonly inner: number;
  readonly outer: number;
  /** Outside. */
  readonly shape: readonly (number | string | undefined)[];
  /** [batch, height, width, channels] within, [batch, channels, height, width] outside. */
  readonly channelsLast?: true | undefined;
  /** Its shape within, where it differs; -1: as many as there are. */
  readonly reshape?: readonly number[] | undefined;
}

const CHANNELS_FIRST = [0, 3, 1, 2];
const CHANNELS_LAST = [0, 2, 3, 1];

/**
 * Puts casts, transpositions and reshapes between a graph and whoever runs it. Within nothing changes,
 * so subgraphs still find what they name.
 *
 * @throws RangeError where the bytes are no ONNX model
 */
export function withBorder(model: Uint8Array, conversions: readonly Conversion[]): Bytes {
  const graph = readGraph(model);
  const before: OnnxNode[] = [];
  const after: OnnxNode[] = [];
  const tensors: OnnxTensor[] = [];
  const fields = new Map<string, Uint8Array>();
  for (const conversion of conversions) {
    const { port, name, as, inner, outer, shape, channelsLast, reshape } = conversion;
    const steps: ((from: string, to: string) => OnnxNode)[] = [];
    const [from, to] = port === 'input' ? [as, name] : [name, as];
    if (inner !== outer) {
      const type = port === 'input' ? inner : outer;
      steps.push((a, b) => makeNode('Cast', [a], [b], { to: type }));
    }
    if (channelsLast) {
      const perm = port === 'input' ? CHANNELS_LAST : CHANNELS_FIRST;
      steps.push((a, b) => makeNode('Transpose', [a], [b], { perm }));
    }
    if (reshape) {
      const dims = `${as}.shape`;
      const bytes = new Uint8Array(BigInt64Array.from(reshape, BigInt).buffer);
      tensors.push(makeTensor(dims, ELEMENT.int64, [reshape.length], bytes));
      steps.push((a, b) => makeNode('Reshape', [a, dims], [b]));
    }
    const list = port === 'input' ? before : after;
    steps.forEach((step, i) => {
      const a = i === 0 ? from : `${as}.${i}`;
      list.push(step(a, i === steps.length - 1 ? to : `${as}.${i + 1}`));
    });
    const field = port === 'input' ? inputField : outputField;
    fields.set(`${port} ${name}`, field(as, outer, shape));
  }
  const graphRest = graph.graphRest.map((rest) => {
    const port = portOf(rest);
    return (port && fields.get(`${port.kind} ${port.name}`)) ?? rest;
  });
  return writeGraph({
    ...graph,
    nodes: [...before, ...graph.nodes, ...after],
    tensors: [...graph.tensors, ...tensors],
    graphRest,
  });
}
