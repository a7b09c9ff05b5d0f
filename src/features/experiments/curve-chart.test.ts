import { parseHTML } from 'linkedom';
import { afterEach, expect, test, vi } from 'vitest';
import { curveChart } from './curve-chart';

afterEach(() => vi.unstubAllGlobals());

const style = { colour: 'red', dashes: '', corners: [[0, 0]] } as const;
const plain = { title: '', xSpread: undefined, ySpread: undefined, id: undefined };
const axis = { label: '', bounds: [0, Infinity], share: false } as const;

/** The notes that can be read beside points at these places. */
function notes(points: readonly { x: number; y: number; note: string }[]): (string | null)[] {
  vi.stubGlobal('window', parseHTML('<html></html>'));
  const chart = curveChart({
    curves: [{ style, hollow: false, points: points.map((point) => ({ ...point, ...plain })) }],
    width: 500,
    height: 300,
    x: { label: '', logarithmic: false, domain: undefined },
    y: axis,
    chosen: undefined,
  });
  return [...chart.querySelectorAll('g.notes text')].map(({ textContent }) => textContent);
}

test('a note that would lie over another is left out', () => {
  const far = { x: 250, y: 27, note: 'w = 4' };
  const first = { x: 50, y: 1.8, note: 'w = 0' };
  expect(notes([first, { x: 80, y: 2, note: 'w = 0.3' }, far])).toEqual(['w = 0', 'w = 4']);
  expect(notes([first, { x: 150, y: 2, note: 'w = 0.3' }, far])).toEqual([
    'w = 0',
    'w = 0.3',
    'w = 4',
  ]);
  expect(notes([first, { x: 80, y: 15, note: 'w = 0.3' }, far])).toHaveLength(3);
});
