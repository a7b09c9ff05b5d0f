import { messageOf } from '../errors';
import { fields, readVarint } from './onnx';
import { weightFiles } from './weights';

/**
 * What an ONNX file says of itself, read without a runtime: the messages of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), as far as fitting a network needs them.
 * Weights are skipped, not read.
 */

/** A tensor that goes into a network or comes out. */
export interface OnnxValue {
  readonly name: string;
  /** As ONNX calls it, in small letters: "float", "int64". */
  readonly type: string;
  /** Numbers, names of free dimensions, or nothing known of a dimension; absent: not even how many there are. */
  readonly shape?: readonly (number | string | undefined)[] | undefined;
}

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

/** TensorProto.DataType. */
const TYPES = [
  'undefined',
  'float',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'double',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
];

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

interface Weights {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: string;
}

/** @throws NoOnnx */
export function readOnnx(bytes: Uint8Array, fileName: string): OnnxFile {
  try {
    return readModel(bytes);
  } catch (cause) {
    const why = messageOf(cause);
    throw new NoOnnx(`${fileName} must be an ONNX file: ${why}`, { cause });
  }
}

function readModel(bytes: Uint8Array): OnnxFile {
  let graph: Uint8Array | undefined;
  const metadata: Record<string, string> = {};
  for (const { number, bytes: payload } of fields(bytes)) {
    if (number === 7) graph = payload;
    if (number === 14) {
      const entry = texts(payload);
      metadata[entry.get(1)?.[0] ?? ''] = entry.get(2)?.[0] ?? '';
    }
  }
  if (!graph) throw new Error('it holds no graph');
  const nodes: Node[] = [];
  const weights = new Map<string, Weights>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const { number, bytes: payload } of fields(graph)) {
    switch (number) {
      case 1: {
        const node = texts(payload);
        const op = node.get(4)?.[0] ?? '';
        nodes.push({ op, inputs: node.get(1) ?? [], outputs: node.get(2) ?? [] });
        break;
      }
      case 5: {
        const read = readWeights(payload);
        weights.set(read.name, read);
        break;
      }
      case 11:
        inputs.push(readValue(payload));
        break;
      case 12:
        outputs.push(readValue(payload));
        break;
    }
  }
  if (outputs.length === 0) throw new Error('its graph has no output');
  const all = [...weights.values()];
  return {
    inputs: inputs.filter(({ name }) => !weights.has(name)),
    outputs,
    metadata,
    parameters: all
      .filter(({ type }) => /float|double/.test(type))
      .reduce((total, { dims }) => total + dims.reduce((a, b) => a * b, 1), 0),
    external: weightFiles(bytes),
    lookupRows: (input) => lookupRows(input, nodes, weights),
  };
}

/** Follows an input through what changes its type or shape alone to the first table that it indexes. */
function lookupRows(
  input: string,
  nodes: readonly Node[],
  weights: ReadonlyMap<string, Weights>,
): number | undefined {
  const passing = new Set(['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);
  const followed = new Set([input]);
  // Weights that are stored in half precision pass a Cast.
  const tables = new Map([...weights].map(([name, { dims }]) => [name, dims[0]]));
  for (const { op, inputs, outputs } of nodes) {
    const [first = '', second = ''] = inputs;
    if (op === 'Gather' && followed.has(second) && tables.has(first)) return tables.get(first);
    if (!passing.has(op)) continue;
    if (followed.has(first)) for (const output of outputs) followed.add(output);
    if (op === 'Cast' && tables.has(first)) tables.set(outputs[0] ?? '', tables.get(first));
  }
  return undefined;
}

/** ValueInfoProto. */
function readValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let type = 'no tensor';
  let shape: OnnxValue['shape'];
  for (const field of fields(bytes)) {
    if (field.number === 1) name = text(field.bytes);
    if (field.number !== 2) continue;
    for (const kind of fields(field.bytes)) {
      if (kind.number !== 1) continue; // sequences, maps, optionals
      for (const tensor of fields(kind.bytes)) {
        if (tensor.number === 1) type = TYPES[tensor.value] ?? `type ${tensor.value}`;
        if (tensor.number === 2) shape = readShape(tensor.bytes);
      }
    }
  }
  return { name, type, shape };
}

function readShape(bytes: Uint8Array): (number | string | undefined)[] {
  const shape: (number | string | undefined)[] = [];
  for (const field of fields(bytes)) {
    if (field.number !== 1) continue;
    let length: number | string | undefined;
    for (const dimension of fields(field.bytes)) {
      if (dimension.number === 1) length = dimension.value;
      if (dimension.number === 2) length = text(dimension.bytes) || undefined;
    }
    shape.push(length);
  }
  return shape;
}

/** TensorProto. */
function readWeights(bytes: Uint8Array): Weights {
  let name = '';
  let type = '';
  const dims: number[] = [];
  for (const field of fields(bytes)) {
    if (field.number === 1 && field.bytes.length === 0) dims.push(field.value);
    if (field.number === 1) {
      // Writers pack the list of dimensions or do not.
      for (let at = 0; at < field.bytes.length; ) {
        const [dim, next] = readVarint(field.bytes, at);
        dims.push(dim);
        at = next;
      }
    }
    if (field.number === 2) type = TYPES[field.value] ?? '';
    if (field.number === 8) name = text(field.bytes);
  }
  return { name, dims, type };
}

/** The fields that are names, by their numbers: attributes of nodes, which come later, may be large. */
function texts(bytes: Uint8Array): Map<number, string[]> {
  const read = new Map<number, string[]>();
  for (const field of fields(bytes)) {
    if (field.number > 4) continue;
    read.set(field.number, [...(read.get(field.number) ?? []), text(field.bytes)]);
  }
  return read;
}

const decoder = new TextDecoder();
const text = (bytes: Uint8Array) => decoder.decode(bytes);
