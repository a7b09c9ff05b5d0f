import { expect, test } from 'vitest';
import { operatorTable } from './operator-table';

const node = (operator: string, kind: string, ms: number, flops = 0) => ({
  ...{ operator, kind, ms, flops },
});

test('the time by operator, with what it reaches of matrix products', () => {
  const times = [
    node('Conv', '3×3', 3, 30e6),
    node('Conv', '3×3', 3, 30e6),
    node('Mul', '', 3.99),
    node('Pow', '', 0.01),
  ];
  const table = operatorTable(times, [node('MatMul', '', 2, 40e6)]);
  expect(table.split('\n').slice(2)).toEqual([
    '| Conv 3×3 | 2 | 6.00 | 60.0 % | 10.0 | 50 % |',
    '| Mul | 1 | 3.99 | 39.9 % |  |  |',
    '| the rest | 1 | 0.01 | 0.1 % |  |  |',
    '| all | 4 | 10.00 | 100.0 % | 6.0 | 30 % |',
    '',
    'Matrix products alone: 20.0·10⁹ operations/s.',
  ]);
});
