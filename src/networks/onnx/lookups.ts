import { constantOf, ELEMENT, integerAttribute, type OnnxGraph, type OnnxTensor } from './onnx';

/** A table that whole numbers of an input look up. */
export interface Lookup {
  readonly rows: number;
  /** Rows of zeros alone: what is not to be told apart, such as PyTorch's `padding_idx`. */
  readonly blank: readonly number[];
}

/** These change an input's type, shape or limits alone, or choose between it and something else. */
const PASSING = new Set([
  ...['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Clip', 'Where', 'Expand'],
]);
/** Tables with more rows are not searched for rows of zeros. */
const MOST_ROWS = 100_000;

/**
 * Follows the inputs through what changes their type or shape alone, each to the first table that it
 * indexes: an embedding, or the rows of a OneHot node.
 */
export function lookupsOf({ nodes, tensors, inputs }: OnnxGraph): ReadonlyMap<string, Lookup> {
  const weights = new Set(tensors.map(({ name }) => name));
  /** The input that a value comes from. */
  const origins = new Map(
    inputs.flatMap(({ name }) => (weights.has(name) ? [] : [[name, name] as const])),
  );
  const tables = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const found = new Map<string, Lookup>();
  for (const node of nodes) {
    const { op, inputs: takes, outputs } = node;
    const [first = '', second = ''] = takes;
    const constant = op === 'Constant' ? constantOf(node) : undefined;
    if (constant) tables.set(outputs[0] ?? '', constant);
    // Weights that are stored in half precision pass a Cast.
    const stored = op === 'Cast' || op === 'Identity' ? tables.get(first) : undefined;
    if (stored) tables.set(outputs[0] ?? '', stored);
    const table = tables.get(first);
    const indexed = op === 'Gather' && table ? origins.get(second) : undefined;
    if (indexed !== undefined && (integerAttribute(node, 'axis') ?? 0) === 0) {
      if (!found.has(indexed)) found.set(indexed, tableOf(table!));
    }
    const spread = op === 'OneHot' ? origins.get(first) : undefined;
    const depth = spread === undefined ? undefined : wholeNumber(tables.get(second));
    if (spread !== undefined && depth !== undefined && !found.has(spread)) {
      found.set(spread, { rows: depth, blank: [] });
    }
    // x[:, 0] is a Gather as well.
    if (!PASSING.has(op) && !(op === 'Gather' && origins.has(first))) continue;
    const origin = takes.map((name) => origins.get(name)).find((name) => name !== undefined);
    if (origin === undefined) continue;
    // What chooses is a mask: the label is what it chooses.
    const chosen = op === 'Where' ? takes.slice(1).find((name) => origins.has(name)) : undefined;
    if (op === 'Where' && chosen === undefined) continue;
    const passed = chosen === undefined ? origin : origins.get(chosen)!;
    for (const output of outputs) origins.set(output, passed);
  }
  return found;
}

function tableOf({ dims, data }: OnnxTensor): Lookup {
  const rows = dims[0] ?? 0;
  if (!data || rows < 1 || rows > MOST_ROWS) return { rows, blank: [] };
  const bytes = data.length / rows;
  const blank = Array.from({ length: rows }, (_, row) => row).filter((row) =>
    data.subarray(row * bytes, (row + 1) * bytes).every((byte) => byte === 0),
  );
  return { rows, blank };
}

/** The number of a tensor of one int64. */
function wholeNumber(tensor: OnnxTensor | undefined): number | undefined {
  if (tensor?.type !== ELEMENT.int64 || tensor.data?.length !== 8) return undefined;
  const { buffer, byteOffset } = tensor.data;
  return Number(new DataView(buffer, byteOffset).getBigInt64(0, true));
}
