import { gaussian } from '../src/diffusion/random';
import { toHalf } from '../src/networks/onnx/half';
import { ELEMENT, makeModel, makeNode, makeTensor } from '../src/networks/onnx/onnx';

/** Matrix products in a row: a network's layers wait for each other as well. */
const PRODUCTS = 8;

/** A graph of matrix products alone: x [side, side] times the same weights, again and again. */
export interface Products {
  readonly graph: Uint8Array;
  readonly side: number;
  /** Multiply and add count as two. */
  readonly flops: number;
}

/** Products of about as many operations as asked for. */
export function makeProducts(flops: number, precision: 'fp16' | 'fp32'): Products {
  const side = 16 * Math.max(1, Math.round(Math.cbrt(flops / (2 * PRODUCTS)) / 16));
  // Random with variance 1 / side: the numbers keep their size from product to product.
  const weights = gaussian(0, -1, side * side).map((n) => n / Math.sqrt(side));
  const nodes = Array.from({ length: PRODUCTS }, (_, i) =>
    makeNode('MatMul', [i ? `h${i}` : 'x', 'w'], [`h${i + 1}`]),
  );
  const graph = makeModel(
    [...nodes, makeNode('Identity', [`h${PRODUCTS}`], ['y'])],
    [makeTensor('w', ELEMENT.float, [side, side], new Uint8Array(weights.buffer))],
    { x: [side, side] },
    { y: [side, side] },
  );
  return {
    graph: precision === 'fp16' ? toHalf(graph) : graph,
    side,
    flops: PRODUCTS * 2 * side ** 3,
  };
}
