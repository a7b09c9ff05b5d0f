import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Results } from '../../settings/results';
import { importedCurves } from './files';
import { EXPERIMENT_IDS } from './settings';
import { STORED } from './stored-curves';

const folder = new URL('../../../docs/results/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

test('every file of docs/results is shown by an experiment, number by number', () => {
  const shown = new Set<string>();
  for (const id of EXPERIMENT_IDS) {
    for (const file of STORED[id]) {
      shown.add(file.name);
      const source: Results = JSON.parse(readFileSync(new URL(file.name, folder), 'utf8'));
      const drawn = importedCurves(file, id, undefined);
      expect(drawn.map(({ model }) => model)).toEqual(source.curves.map(({ model }) => model.id));
      drawn.forEach(({ curve, command, date }, k) => {
        const { points, command: written } = source.curves[k]!;
        expect(command).toBe(written);
        expect(points.map((point) => point.date)).toContain(date);
        expect(curve.points.map(({ figures }) => figures)).toEqual(
          points.map(({ figures, samples }) => ({ ...figures, samples, leftOut: undefined })),
        );
        const steps = id === 'steps';
        curve.points.forEach(({ value, column }, i) => {
          const { guidanceScale, numSteps } = points[i]!.settings;
          expect(value).toBeCloseTo(steps ? numSteps : guidanceScale - 1, 9);
          expect([column.guidanceScale, column.numSteps]).toEqual([guidanceScale, numSteps]);
        });
      });
    }
  }
  expect([...shown].toSorted()).toEqual(names.toSorted());
});
