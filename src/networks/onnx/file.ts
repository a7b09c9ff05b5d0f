import { messageOf } from '../errors';
import { type OnnxGraph, type OnnxValue, readGraph, typeName } from './onnx';

/** What an ONNX file says of itself, read without a runtime, as far as fitting a network needs it. */
export interface OnnxFile {
  /** Without the weights that old files list among them. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the exporter wrote beside the graph. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Numbers in its weights. */
  readonly parameters: number;
  /** Files that it keeps weights in, besides its own. */
  readonly external: readonly string[];
  /** Rows of the table that whole numbers of this input look up, where there is one. */
  lookupRows(input: string): number | undefined;
}

/** A file that is no ONNX model; the message says so in one line. */
export class NoOnnx extends Error {
  override readonly name = 'NoOnnx';
}

/** @throws NoOnnx */
export function readOnnx(bytes: Uint8Array, fileName: string): OnnxFile {
  try {
    return fileOf(readGraph(bytes));
  } catch (cause) {
    const why = messageOf(cause);
    throw new NoOnnx(`${fileName} must be an ONNX file: ${why}`, { cause });
  }
}

function fileOf(graph: OnnxGraph): OnnxFile {
  const { tensors, inputs, outputs, metadata } = graph;
  if (outputs.length === 0) throw new Error('its graph has no output');
  const weights = new Set(tensors.map(({ name }) => name));
  const files = tensors.flatMap(({ external }) => external?.file ?? []);
  return {
    inputs: inputs.filter(({ name }) => !weights.has(name)),
    outputs,
    metadata,
    parameters: tensors
      .filter(({ type }) => /float|double/.test(typeName(type)))
      .reduce((total, { dims }) => total + dims.reduce((a, b) => a * b, 1), 0),
    external: [...new Set(files)],
    lookupRows: (input) => lookupRows(input, graph),
  };
}

/** Follows an input through what changes its type or shape alone to the first table that it indexes. */
function lookupRows(input: string, { nodes, tensors }: OnnxGraph): number | undefined {
  const passing = new Set(['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);
  const followed = new Set([input]);
  // Weights that are stored in half precision pass a Cast.
  const tables = new Map(tensors.map(({ name, dims }) => [name, dims[0]]));
  for (const { op, inputs, outputs } of nodes) {
    const [first = '', second = ''] = inputs;
    if (op === 'Gather' && followed.has(second) && tables.has(first)) return tables.get(first);
    if (!passing.has(op)) continue;
    if (followed.has(first)) for (const output of outputs) followed.add(output);
    if (op === 'Cast' && tables.has(first)) tables.set(outputs[0] ?? '', tables.get(first));
  }
  return undefined;
}
