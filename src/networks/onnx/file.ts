import { messageOf } from '../errors';
import { type Lookup, lookupsOf } from './lookups';
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
  /** The tables that whole numbers of its inputs look up, by the inputs' names. */
  readonly lookups: ReadonlyMap<string, Lookup>;
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
    lookups: lookupsOf(graph),
  };
}
