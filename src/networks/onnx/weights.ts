import type { Bytes } from '../sources';
import { makeTensor, readGraph, writeGraph } from './onnx';

/**
 * Puts weights that a model stores in files beside it, as exporters do with large ones, into it.
 *
 * @param files by the names that the model calls them
 * @throws RangeError for a file that is missing or too short
 */
export function withWeights(model: Uint8Array, files: ReadonlyMap<string, Uint8Array>): Bytes {
  const graph = readGraph(model);
  const tensors = graph.tensors.map((tensor) => {
    if (!tensor.external) return tensor;
    const { file, offset, length } = tensor.external;
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
