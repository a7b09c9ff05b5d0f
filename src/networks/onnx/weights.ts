import type { Bytes } from '../sources';
import { fields, makeTensor, readGraph, writeGraph } from './onnx';

/** Where the numbers of a tensor are, if not in the model's own file. */
interface Elsewhere {
  readonly file: string;
  readonly offset: number;
  /** undefined: to the end of the file. */
  readonly length: number | undefined;
}

/**
 * Puts weights that a model keeps in files of their own, as exporters do with large ones, into it.
 *
 * @param files by the names that the model calls them
 * @throws RangeError for a file that is missing or too short
 */
export function withWeights(model: Uint8Array, files: ReadonlyMap<string, Uint8Array>): Bytes {
  const graph = readGraph(model);
  const tensors = graph.tensors.map((tensor) => {
    const place = elsewhere(tensor.whole);
    if (!place) return tensor;
    const { file, offset, length } = place;
    const bytes = files.get(file);
    const end = length === undefined ? bytes?.length : offset + length;
    if (!bytes || end === undefined || end > bytes.length) {
      throw new RangeError(
        `"${file}" must hold ${end ?? 'the'} bytes of weights, got ${bytes?.length ?? 'no such file'}`,
      );
    }
    return makeTensor(tensor.name, tensor.type, tensor.dims, bytes.subarray(offset, end));
  });
  return writeGraph({ ...graph, tensors });
}

/** Names of the files that a model keeps weights in, besides its own. */
export function weightFiles(model: Uint8Array): string[] {
  const places = readGraph(model).tensors.map(({ whole }) => elsewhere(whole)?.file);
  return [...new Set(places.filter((file) => file !== undefined))];
}

/** TensorProto: data_location is 14, where 1 means elsewhere; external_data are 13. */
function elsewhere(tensor: Uint8Array): Elsewhere | undefined {
  const decoder = new TextDecoder();
  const entries = new Map<string, string>();
  let external = false;
  for (const { bytes } of fields(tensor)) {
    for (const field of fields(bytes)) {
      if (field.number === 14) external = field.value === 1;
      if (field.number !== 13) continue;
      const [key, value] = [1, 2].map((number) => {
        for (const part of fields(field.bytes)) {
          if (part.number === number) return decoder.decode(part.bytes);
        }
        return '';
      });
      entries.set(key!, value!);
    }
  }
  if (!external) return undefined;
  const length = entries.get('length');
  return {
    file: entries.get('location') ?? '',
    offset: Number(entries.get('offset') ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}
