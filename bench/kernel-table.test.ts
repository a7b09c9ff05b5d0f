import { expect, test } from 'vitest';
import { kernelTable } from './kernel-table';

function launches(...kernels: string[]) {
  return kernels.map((kernel) => ({ kernel, workgroups: [1, 1, 1] }));
}

test('every network has its launches in all and by kernel, the most frequent kernel first', () => {
  const table = kernelTable([
    { model: 'one', launches: launches('Add', 'Mul', 'Conv', 'Conv'), submits: 2, readBacks: 1 },
    { model: 'two', launches: launches('Mul', 'Conv', 'Mul'), submits: 1, readBacks: 1 },
  ]);
  expect(table.split('\n')).toEqual([
    '| kernel | one | two |',
    '| --- | --: | --: |',
    '| all | 4 | 3 |',
    '| Mul | 1 | 2 |',
    '| Conv | 2 | 1 |',
    '| Add | 1 |  |',
    '| submits | 2 | 1 |',
    '| read-backs | 1 | 1 |',
  ]);
});
