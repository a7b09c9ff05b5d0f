import { expect, test } from 'vitest';
import type { DeviceQuestion } from '../network';
import type { Commands } from './commands';
import { SessionBuffers, stretches } from './session-buffers';

/** Buffers that are arrays, and a device that does everything at once. */
function fakeCommands() {
  const written: Float32Array[] = [];
  const commands = {
    take: (numbers: number) => new Float32Array(numbers),
    give: () => {},
    copy: (from: Float32Array, at: number, to: Float32Array, toAt: number, numbers: number) =>
      to.set(from.subarray(at, at + numbers), toAt),
    write: (buffer: Float32Array, data: Float32Array) => {
      written.push(data.slice());
      buffer.set(data);
    },
  };
  return { commands: commands as unknown as Commands, written };
}
const asBuffer = (numbers: readonly number[]) => Float32Array.from(numbers) as unknown as GPUBuffer;
const numbersOf = (buffer: GPUBuffer) => [...(buffer as unknown as Float32Array)];

test('stretches of stacked rows cover them all, each within one part', () => {
  expect([...stretches(1, 5, 3)]).toEqual([
    { at: 0, part: 0, row: 1, rows: 2 },
    { at: 2, part: 1, row: 0, rows: 3 },
  ]);
  expect([...stretches(4, 2, 2)]).toEqual([{ at: 0, part: 2, row: 0, rows: 2 }]);
});

test('x goes into every part of a batch that ends in the middle of one, and the answers come back', () => {
  const { commands } = fakeCommands();
  const buffers = new SessionBuffers(commands, 4);
  const parts = [asBuffer([0, 0, 0, 0, 0, 0]), asBuffer([0, 0, 0, 0, 0, 0])];
  const question: DeviceQuestion = {
    x: asBuffer([1, 2, 3, 4, 5, 6]),
    batch: 3,
    shape: [1, 1, 2],
    inputs: { sigma: { data: new Float32Array(6).fill(9), dims: [] } },
    outputs: { denoised: parts },
  };
  const answer = () => {
    const output = buffers.of('denoised', [1, 1, 2]) as unknown as Float32Array;
    output.set(numbersOf(buffers.of('x', [1, 1, 2])).map((value) => 10 * value));
  };
  buffers.fill(question, 0, 4);
  expect(numbersOf(buffers.of('x', [1, 1, 2]))).toEqual([1, 2, 3, 4, 5, 6, 1, 2]);
  answer();
  buffers.collect(question, 0, 4);
  buffers.fill(question, 4, 2);
  answer();
  buffers.collect(question, 4, 2);
  expect(parts.map(numbersOf)).toEqual([
    [10, 20, 30, 40, 50, 60],
    [10, 20, 30, 40, 50, 60],
  ]);
});

test('rows that are as they were are not uploaded again', () => {
  const { commands, written } = fakeCommands();
  const buffers = new SessionBuffers(commands, 2);
  const ask = (sigma: number, label: readonly number[]) =>
    buffers.fill(
      {
        x: asBuffer([0, 0]),
        batch: 2,
        shape: [1, 1, 1],
        inputs: {
          sigma: { data: new Float32Array(2).fill(sigma), dims: [] },
          label: { data: Float32Array.from(label), dims: [2] },
        },
        outputs: {},
      },
      0,
      2,
    );
  ask(3, [1, 0, 0, 1]);
  ask(2, [1, 0, 0, 1]);
  expect(written.map((rows) => [...rows])).toEqual([
    [3, 3],
    [1, 0, 0, 1],
    [2, 2],
  ]);
  ask(2, [0, 1, 0, 1]);
  expect(written).toHaveLength(4);
  expect(numbersOf(buffers.of('label', [2]))).toEqual([0, 1, 0, 1]);
});
