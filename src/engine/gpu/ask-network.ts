import { rowsFor, stackedRows } from '../../diffusion/conditioning';
import type { AskStacked } from '../../diffusion/stacked';
import type { Manifest } from '../../networks/manifest';
import type { DeviceNetwork, IsAborted } from '../network';
import type { GpuField, GpuFieldAlgebra } from './fields';

/**
 * A network on the device, asked about fields.
 *
 * @param output name of its answer, as long as x
 */
export function askNetwork(
  { ask }: DeviceNetwork,
  { conditioning: names }: Pick<Manifest, 'conditioning'>,
  output: string,
  fields: GpuFieldAlgebra,
  isAborted: IsAborted,
): AskStacked<GpuField> {
  return async (x, sigma, parts, withHead) => {
    const answered = withHead ? [output, 'auxiliary'] : [output];
    const answers = answered.map(() => parts.map(() => fields.empty()));
    const { batch, shape, bufferOf, release } = fields;
    const rows = parts.length * batch;
    try {
      await ask(
        {
          x: bufferOf(x),
          batch,
          shape,
          inputs: {
            sigma: { data: new Float32Array(rows).fill(sigma), dims: [] },
            ...rowsFor(stackedRows(parts), names),
          },
          outputs: Object.fromEntries(answered.map((name, k) => [name, answers[k]!.map(bufferOf)])),
        },
        rows,
        isAborted,
      );
    } catch (error) {
      answers.flat().forEach(release);
      throw error;
    }
    return { main: answers[0]!, auxiliary: answers[1] };
  };
}
