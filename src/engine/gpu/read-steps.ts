import type { SamplerStep } from '../../diffusion/samplers/sampler';
import type { GpuField, GpuFieldAlgebra } from './fields';

/** A run may be so many steps ahead of what the device has done: more would delay its end. */
const STEPS_IN_FLIGHT = 2;
/** Pictures are read so often: as often as they are shown. */
const READ_EVERY_MS = 60;
/** Pictures that wait to be read take at most so much of the device's memory. */
const WAITING_BYTES = 64 * 2 ** 20;

/** Numbers on the device that are read with a step's pictures. */
export interface Note {
  /** Given back once it is read. */
  readonly buffer: GPUBuffer;
  readonly numbers: number;
  /** Called before the step is passed on. */
  tell(numbers: Float32Array): void;
}

type Step = SamplerStep<GpuField> & { readonly stage: number };

/** A step whose fields are copies. */
type WaitingStep = Step & { readonly notes: readonly Note[] };

/** A step with its fields as numbers. */
export interface ReadStep extends SamplerStep<Float32Array> {
  readonly stage: number;
  /** x before a run's first step. */
  readonly start?: Float32Array | undefined;
}

/**
 * A run's steps as numbers: the device goes on while some of them are read together, now and then.
 *
 * @param options.start x before the first step, lent until the first is asked for
 * @param options.notes made since the step before; they are taken out
 * @param options.everyStep reads each step before the next begins
 */
export async function* readSteps(
  steps: AsyncIterable<Step>,
  fields: GpuFieldAlgebra,
  options: {
    readonly start: GpuField;
    readonly notes: Note[];
    readonly everyStep: boolean;
  },
): AsyncGenerator<ReadStep, void, void> {
  const { commands } = fields;
  const total = fields.batch * fields.size;
  const copyOf = (field: GpuField): GpuField => {
    const copy = fields.empty();
    commands.copy(fields.bufferOf(field), 0, fields.bufferOf(copy), 0, total);
    return copy;
  };
  let start: GpuField | undefined = copyOf(options.start);
  /** Steps that nobody has read. */
  let waiting: WaitingStep[] = [];
  let reading: Reading | undefined;
  let lastReadMs = performance.now();
  const inFlight: Promise<unknown>[] = [];

  const giveBack = ({ x, denoised, notes }: WaitingStep) => {
    fields.release(x);
    fields.release(denoised);
    for (const { buffer } of notes) commands.give(buffer);
  };

  function read(): Reading {
    const group = waiting;
    waiting = [];
    lastReadMs = performance.now();
    const first = start;
    start = undefined;
    const whole = (field: GpuField) => ({ buffer: fields.bufferOf(field), numbers: total });
    const numbers = commands.read([
      ...(first ? [whole(first)] : []),
      ...group.flatMap(({ x, denoised, notes }) => [whole(x), whole(denoised), ...notes]),
    ]);
    if (first) fields.release(first);
    group.forEach(giveBack);
    const ended = numbers.then((all) => {
      const before = first && all.shift();
      return group.map(({ notes, ...step }, k) => {
        const [x, denoised, ...told] = all.splice(0, 2 + notes.length);
        return {
          step: {
            ...step,
            x: x!,
            denoised: denoised!,
            ...(k === 0 && before && { start: before }),
          },
          tell() {
            for (const [n, note] of notes.entries()) note.tell(told[n]!);
          },
        };
      });
    });
    const now: Reading = { ended };
    // Where it fails, whoever waits for it is told.
    ended.then(
      (done) => {
        now.done = done;
      },
      () => undefined,
    );
    return now;
  }

  try {
    for await (const step of steps) {
      const notes = options.notes.splice(0);
      waiting.push({ ...step, x: copyOf(step.x), denoised: copyOf(step.denoised), notes });
      commands.flush();
      inFlight.push(commands.device.queue.onSubmittedWorkDone());
      if (inFlight.length >= STEPS_IN_FLIGHT) await commands.waited(inFlight.shift()!);
      if (reading?.done) {
        yield* told(reading.done);
        reading = undefined;
      }
      const bytes = 8 * waiting.length * total;
      const due = performance.now() - lastReadMs >= READ_EVERY_MS || bytes > WAITING_BYTES;
      if (options.everyStep) yield* told(await commands.waited(read().ended));
      else if (due && !reading) reading = read();
    }
    if (reading) yield* told(await commands.waited(reading.ended));
    reading = undefined;
    if (waiting.length > 0) yield* told(await commands.waited(read().ended));
  } finally {
    if (start) fields.release(start);
    waiting.forEach(giveBack);
    for (const { buffer } of options.notes.splice(0)) commands.give(buffer);
  }
}

/** A step that was read, and what tells its notes. */
interface Told {
  readonly step: ReadStep;
  readonly tell: () => void;
}

interface Reading {
  done?: readonly Told[];
  readonly ended: Promise<readonly Told[]>;
}

function* told(steps: readonly Told[]): Generator<ReadStep, void, void> {
  for (const { step, tell } of steps) {
    tell();
    yield step;
  }
}
