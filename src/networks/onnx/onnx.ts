// Just enough of ONNX to read and rewrite a graph: https://onnx.ai/onnx/repo-docs/IR.html
import type { Bytes } from '../sources';
import {
  delimited,
  type Field,
  fields,
  integer,
  integersOf,
  joined,
  string,
  text,
} from './protobuf';

/** Element types of tensors, as ONNX numbers them. */
export const ELEMENT = { float: 1, int32: 6, int64: 7, bool: 9, float16: 10, double: 11 } as const;

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
  /** Little-endian numbers; undefined where the file stores them in another way. */
  readonly data: Uint8Array | undefined;
  /** Where the numbers are, if in a file beside the model's own. */
  readonly external?: ExternalData | undefined;
  /** The tensor as it stands in the file. */
  readonly whole: Uint8Array;
}

/** Where the numbers of a tensor are in another file. */
export interface ExternalData {
  readonly file: string;
  readonly offset: number;
  /** undefined: to the end of the file. */
  readonly length: number | undefined;
}

/** A tensor that goes into a network or comes out. */
export interface OnnxValue {
  readonly name: string;
  /** As ONNX calls it, in small letters: "float", "int64". */
  readonly type: string;
  /** Numbers, names of free dimensions, or nothing known of a dimension; absent: not even how many there are. */
  readonly shape?: readonly (number | string | undefined)[] | undefined;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  /** Old files list weights among them. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the exporter wrote beside the graph. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Everything else of the graph and of the model. */
  readonly graphRest: readonly Uint8Array[];
  readonly modelRest: readonly Uint8Array[];
}

// The numbers of the fields in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const MODEL = { graph: 7, metadata: 14 } as const;
const GRAPH = { node: 1, tensor: 5, input: 11, output: 12, valueInfo: 13 } as const;
const NODE = { input: 1, output: 2, op: 4, attribute: 5 } as const;
const TENSOR = { dim: 1, type: 2, name: 8, raw: 9, external: 13, location: 14 } as const;
const ATTRIBUTE = { integer: 3, tensor: 5, integers: 8, type: 20 } as const;
const EXTERNAL = 1;

/** TensorProto.DataType. */
const TYPES = [
  ...['undefined', 'float', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool'],
  ...['float16', 'double', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16'],
];

/** The name of an element type by its number. */
export function typeName(type: number): string {
  return TYPES[type] ?? `type ${type}`;
}

/** Reads a model's graph; payloads are not copied. @throws RangeError where the bytes are no ONNX model */
export function readGraph(model: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const tensors: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const metadata: Record<string, string> = {};
  const graphRest: Uint8Array[] = [];
  const modelRest: Uint8Array[] = [];
  for (const field of fields(model)) {
    if (field.number !== MODEL.graph) {
      modelRest.push(field.whole);
      if (field.number === MODEL.metadata) Object.assign(metadata, readEntry(field.bytes));
      continue;
    }
    for (const { number, bytes, whole } of fields(field.bytes)) {
      if (number === GRAPH.node) nodes.push(readNode(bytes));
      else if (number === GRAPH.tensor) tensors.push(readTensor(bytes, whole));
      // Types of tensors in between, which the file need not tell and a rewritten graph changes.
      else if (number !== GRAPH.valueInfo) graphRest.push(whole);
      if (number === GRAPH.input) inputs.push(readValue(bytes));
      if (number === GRAPH.output) outputs.push(readValue(bytes));
    }
  }
  if (nodes.length === 0)
    throw new RangeError('An ONNX file must have a graph with nodes, got none');
  return { nodes, tensors, inputs, outputs, metadata, graphRest, modelRest };
}

/** The graph as a model file. */
export function writeGraph({
  nodes,
  tensors,
  graphRest,
  modelRest,
}: Pick<OnnxGraph, 'nodes' | 'tensors' | 'graphRest' | 'modelRest'>): Bytes {
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
export function integerAttribute(node: OnnxNode, name: string): number | undefined {
  return attribute(node, name)?.find((part) => part.number === ATTRIBUTE.integer)?.value;
}

/** The tensor of a Constant node, where it has one. */
export function constantOf(node: OnnxNode): OnnxTensor | undefined {
  const part = attribute(node, 'value')?.find(({ number }) => number === ATTRIBUTE.tensor);
  return part && readTensor(part.bytes, part.whole);
}

function attribute({ rest }: OnnxNode, name: string): Field[] | undefined {
  for (const entry of rest) {
    for (const { number, bytes } of fields(entry)) {
      if (number !== NODE.attribute) continue;
      const parts = [...fields(bytes)];
      const named = parts.some((part) => part.number === 1 && text(part.bytes) === name);
      if (named) return parts;
    }
  }
  return undefined;
}

/** A node whose attributes are integers, or lists of them. */
export function makeNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): OnnxNode {
  const rest = Object.entries(attributes).map(([name, value]) =>
    joined(
      delimited(
        NODE.attribute,
        string(1, name),
        ...(typeof value === 'number'
          ? [integer(ATTRIBUTE.integer, value), integer(ATTRIBUTE.type, 2)]
          : [...value.map((one) => integer(ATTRIBUTE.integers, one)), integer(ATTRIBUTE.type, 7)]),
      ),
    ),
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
  const value = (field: number, [name, shape]: [string, readonly number[]]) =>
    writeValue(field, name, ELEMENT.float, shape);
  return writeGraph({
    nodes,
    tensors,
    graphRest: [
      joined(string(2, 'graph')),
      ...Object.entries(inputs).map((input) => value(GRAPH.input, input)),
      ...Object.entries(outputs).map((output) => value(GRAPH.output, output)),
    ],
    modelRest: [joined(integer(1, 8)), joined(delimited(8, string(1, ''), integer(2, 17)))],
  });
}

/** ValueInfoProto as a field of a graph; undefined: nothing is known of a dimension. */
function writeValue(
  field: number,
  name: string,
  type: number,
  dims: readonly (number | string | undefined)[],
): Bytes {
  const shape = dims.map((dim) => {
    if (dim === undefined) return delimited(1);
    return delimited(1, typeof dim === 'number' ? integer(1, dim) : string(2, dim));
  });
  const tensor = delimited(1, integer(1, type), delimited(2, ...shape));
  return joined(delimited(field, string(1, name), delimited(2, tensor)));
}

/** An input of a graph, in the form in which `graphRest` has it. */
export function inputField(name: string, type: number, dims: OnnxValue['shape'] = []): Bytes {
  return writeValue(GRAPH.input, name, type, dims);
}

/** An output of a graph, as `inputField`. */
export function outputField(name: string, type: number, dims: OnnxValue['shape'] = []): Bytes {
  return writeValue(GRAPH.output, name, type, dims);
}

/** The name of the input or output that a field of `graphRest` is; undefined: it is something else. */
export function portOf(rest: Uint8Array): { kind: 'input' | 'output'; name: string } | undefined {
  for (const { number, bytes } of fields(rest)) {
    if (number === GRAPH.input) return { kind: 'input', name: readValue(bytes).name };
    if (number === GRAPH.output) return { kind: 'output', name: readValue(bytes).name };
  }
  return undefined;
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
  let location = 0;
  const dims: number[] = [];
  const entries: Record<string, string> = {};
  for (const field of fields(bytes)) {
    if (field.number === TENSOR.name) name = text(field.bytes);
    else if (field.number === TENSOR.type) type = field.value;
    else if (field.number === TENSOR.raw) data = field.bytes;
    else if (field.number === TENSOR.dim) dims.push(...integersOf(field));
    else if (field.number === TENSOR.location) location = field.value;
    else if (field.number === TENSOR.external) Object.assign(entries, readEntry(field.bytes));
  }
  const external = location === EXTERNAL ? externalData(entries) : undefined;
  return { name, type, dims, data, external, whole };
}

function externalData({ location, offset, length }: Record<string, string>): ExternalData {
  return {
    file: location ?? '',
    offset: Number(offset ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

/** StringStringEntryProto. */
function readEntry(bytes: Uint8Array): Record<string, string> {
  let [key, value] = ['', ''];
  for (const field of fields(bytes)) {
    if (field.number === 1) key = text(field.bytes);
    if (field.number === 2) value = text(field.bytes);
  }
  return { [key]: value };
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
        if (tensor.number === 1) type = typeName(tensor.value);
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
