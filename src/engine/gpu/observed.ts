import type { ArrayField } from '../../diffusion/fields';
import { findGuidanceRule } from '../../diffusion/guidance';
import type { Prediction, Predictions } from '../../diffusion/guidance/rule';
import { combinedBy, type LossWatch, type WatchedField } from '../../diffusion/lost';
import type { RunObserver, RunSettings } from '../../diffusion/run';
import type { GpuField, GpuFieldAlgebra } from './fields';
import type { Note } from './read-steps';

/** An observer of arrays, shown what it wants to see of a run on the device; that is read back. */
export function observedAsArrays(
  { alsoNeeded, observe }: RunObserver<ArrayField>,
  { read, commands, batch, size }: Pick<GpuFieldAlgebra, 'read' | 'commands' | 'batch' | 'size'>,
): RunObserver<GpuField> {
  return {
    ...(alsoNeeded && { alsoNeeded }),
    async observe({ predictions, guided, x, at }) {
      const names = Object.keys(predictions) as Prediction[];
      const seen = [x, guided, ...names.map((name) => predictions[name]!)];
      const numbers = await commands.waited(read(seen));
      const [noisy, estimate, ...others] = numbers.map((data) => ({ data, batch, size }));
      const asArrays: Predictions<ArrayField> = Object.fromEntries(
        names.map((name, k) => [name, others[k]!]),
      );
      await observe({ predictions: asArrays, guided: estimate!, x: noisy!, at });
    },
  };
}

/** Notes how large each evaluation's numbers are; the watch is told when the step's pictures are read. */
export function notedLosses(
  watch: LossWatch,
  { guidance, parameters }: Pick<RunSettings, 'guidance' | 'parameters'>,
  { largest, batch }: Pick<GpuFieldAlgebra, 'largest' | 'batch'>,
  notes: Note[],
): RunObserver<GpuField> {
  const rule = findGuidanceRule(guidance);
  return {
    observe({ predictions, guided, x, at }) {
      const used = combinedBy(rule, parameters, { predictions, at });
      const names: WatchedField[] = ['guided', 'x', ...used];
      notes.push({
        ...largest([guided, x, ...used.map((name) => predictions[name]!)]),
        tell(numbers) {
          watch.look({ used, batch, at, stage: 0 }, (name, sample, most) => {
            const place = names.indexOf(name);
            return numbers[sample * names.length + place]! <= most;
          });
        },
      });
    },
  };
}
