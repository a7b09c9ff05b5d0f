// Just enough of ONNX's protobuf format to rewrite a graph: https://onnx.ai/onnx/repo-docs/IR.html
import type { Bytes } from '../sources';

/** Element types of tensors, as ONNX numbers them. */
export const ELEMENT = { float: 1, int64: 7, float16: 10 } as const;

/** A field of a protobuf message: its number, and its payload or integer. */
export interface Field {
  readonly number: number;
  /** Payload of a length-delimited field; empty for the others. */
  readonly bytes: Uint8Array;
  /** A varint, as far as it is exact in a number. */
  readonly value: number;
  /** The whole field with its tag. */
  readonly whole: Uint8Array;
}

/** The fields of a message in order. @throws RangeError where the bytes are no such message */
export function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = () => {
    const [value, next] = readVarint(message, at);
    at = next;
    return value;
  };
  while (at < message.length) {
    const from = at;
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    let bytes = new Uint8Array();
    let value = 0;
    if (wire === 0) value = varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      bytes = message.subarray(at, at + length) as Bytes;
      at += length;
    } else throw new RangeError(`An ONNX file must have wire types 0, 1, 2 and 5, got ${wire}`);
    if (at > message.length)
      throw new RangeError('An ONNX file must be whole, this one is cut off');
    yield { number, bytes, value, whole: message.subarray(from, at) };
  }
}

export function readVarint(bytes: Uint8Array, from: number): [value: number, next: number] {
  let value = 0;
  let at = from;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at];
  }
}

function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

type Part = Uint8Array | readonly Part[];

const byteLength = (part: Part): number =>
  part instanceof Uint8Array
    ? part.length
    : part.reduce((total, inner) => total + byteLength(inner), 0);

/** A length-delimited field from its pieces, which are not copied yet. */
const delimited = (number: number, ...parts: Part[]): Part => [
  Uint8Array.from([...varintBytes(8 * number + 2), ...varintBytes(byteLength(parts))]),
  parts,
];
const integer = (number: number, value: number): Part =>
  Uint8Array.from([...varintBytes(8 * number), ...varintBytes(value)]);
const string = (number: number, text: string): Part =>
  delimited(number, new TextEncoder().encode(text));

function joined(parts: Part): Bytes {
  const out = new Uint8Array(byteLength(parts));
  let at = 0;
  const write = (part: Part): void => {
    if (part instanceof Uint8Array) {
      out.set(part, at);
      at += part.length;
    } else for (const inner of part) write(inner);
  };
  write(parts);
  return out;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Name, operator and attributes as they stand in the file. */
  readonly rest: readonly Uint8Array[];
}

export interface OnnxTensor {
  readonly name: string;
  /** One of ELEMENT, or another of ONNX's numbers. */
  readonly type: number;
  readonly dims: readonly number[];
  /** Little-endian numbers; undefined where the file keeps them in another way. */
  readonly data: Uint8Array | undefined;
  /** The tensor as it stands in the file. */
  readonly whole: Uint8Array;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly outputs: readonly string[];
  /** Everything else of the graph and of the model. */
  readonly graphRest: readonly Uint8Array[];
  readonly modelRest: readonly Uint8Array[];
}

const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, tensor: 5, output: 12, valueInfo: 13 } as const;
const NODE = { input: 1, output: 2, op: 4, attribute: 5 } as const;
const TENSOR = { dim: 1, type: 2, name: 8, raw: 9 } as const;

/** Reads a model's graph. @throws RangeError where the bytes are no ONNX model */
export function readGraph(model: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const tensors: OnnxTensor[] = [];
  const outputs: string[] = [];
  const graphRest: Uint8Array[] = [];
  const modelRest: Uint8Array[] = [];
  for (const field of fields(model)) {
    if (field.number !== MODEL.graph) {
      modelRest.push(field.whole);
      continue;
    }
    for (const { number, bytes, whole } of fields(field.bytes)) {
      if (number === GRAPH.node) nodes.push(readNode(bytes));
      else if (number === GRAPH.tensor) tensors.push(readTensor(bytes, whole));
      // Types of tensors in between, which the file need not tell and a rewritten graph changes.
      else if (number !== GRAPH.valueInfo) graphRest.push(whole);
      if (number === GRAPH.output) {
        for (const part of fields(bytes)) if (part.number === 1) outputs.push(text(part.bytes));
      }
    }
  }
  if (nodes.length === 0)
    throw new RangeError('An ONNX file must have a graph with nodes, got none');
  return { nodes, tensors, outputs, graphRest, modelRest };
}

/** The graph as a model file. */
export function writeGraph({ nodes, tensors, graphRest, modelRest }: OnnxGraph): Bytes {
  const graph = [
    ...nodes.map(({ inputs, outputs, rest }) =>
      delimited(
        GRAPH.node,
        ...inputs.map((name) => string(NODE.input, name)),
        ...outputs.map((name) => string(NODE.output, name)),
        ...rest,
      ),
    ),
    ...tensors.map(({ whole }) => whole),
    ...graphRest,
  ];
  return joined([...modelRest, delimited(MODEL.graph, ...graph)]);
}

/** The value of a node's attribute that is an integer. */
export function integerAttribute({ rest }: OnnxNode, name: string): number | undefined {
  for (const attribute of rest) {
    for (const { number, bytes } of fields(attribute)) {
      if (number !== NODE.attribute) continue;
      const parts = [...fields(bytes)];
      if (parts.some((part) => part.number === 1 && text(part.bytes) === name)) {
        return parts.find((part) => part.number === 3)?.value;
      }
    }
  }
  return undefined;
}

/** A node without other attributes than integers. */
export function makeNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number>> = {},
): OnnxNode {
  const INT = 2;
  const rest = Object.entries(attributes).map(([name, value]) =>
    joined(delimited(NODE.attribute, string(1, name), integer(3, value), integer(20, INT))),
  );
  return { op, inputs, outputs, rest: [joined(string(NODE.op, op)), ...rest] };
}

/** @param data little-endian numbers of the type */
export function makeTensor(
  name: string,
  type: number,
  dims: readonly number[],
  data: Uint8Array,
): OnnxTensor {
  const whole = joined(
    delimited(
      GRAPH.tensor,
      ...dims.map((dim) => integer(TENSOR.dim, dim)),
      integer(TENSOR.type, type),
      string(TENSOR.name, name),
      delimited(TENSOR.raw, data),
    ),
  );
  return { name, type, dims, data, whole };
}

/** A model of one graph with float inputs and outputs of fixed shapes, for opset 17. */
export function makeModel(
  nodes: readonly OnnxNode[],
  tensors: readonly OnnxTensor[],
  inputs: Readonly<Record<string, readonly number[]>>,
  outputs: Readonly<Record<string, readonly number[]>>,
): Bytes {
  const value = (field: number, [name, dims]: [string, readonly number[]]) => {
    const shape = dims.map((dim) => delimited(1, integer(1, dim)));
    const type = delimited(1, integer(1, ELEMENT.float), delimited(2, ...shape));
    return joined(delimited(field, string(1, name), delimited(2, type)));
  };
  return writeGraph({
    nodes,
    tensors,
    outputs: Object.keys(outputs),
    graphRest: [
      joined(string(2, 'graph')),
      ...Object.entries(inputs).map((input) => value(11, input)),
      ...Object.entries(outputs).map((output) => value(GRAPH.output, output)),
    ],
    modelRest: [joined(integer(1, 8)), joined(delimited(8, string(1, ''), integer(2, 17)))],
  });
}

function readNode(bytes: Uint8Array): OnnxNode {
  let op = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const rest: Uint8Array[] = [];
  for (const { number, bytes: payload, whole } of fields(bytes)) {
    if (number === NODE.input) inputs.push(text(payload));
    else if (number === NODE.output) outputs.push(text(payload));
    else rest.push(whole);
    if (number === NODE.op) op = text(payload);
  }
  return { op, inputs, outputs, rest };
}

function readTensor(bytes: Uint8Array, whole: Uint8Array): OnnxTensor {
  let name = '';
  let type = 0;
  let data: Uint8Array | undefined;
  const dims: number[] = [];
  for (const { number, bytes: payload, value } of fields(bytes)) {
    if (number === TENSOR.name) name = text(payload);
    else if (number === TENSOR.type) type = value;
    else if (number === TENSOR.raw) data = payload;
    else if (number === TENSOR.dim) {
      // Writers pack the list of dimensions or do not.
      if (payload.length === 0) dims.push(value);
      for (let at = 0; at < payload.length; ) {
        const [dim, next] = readVarint(payload, at);
        dims.push(dim);
        at = next;
      }
    }
  }
  return { name, type, dims, data, whole };
}
