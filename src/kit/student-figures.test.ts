import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { studentQuality } from './student-figures';

const row = (guidanceScale: number) => ({
  ...{ guidanceScale, classAccuracy: 0.9, frechetDistance: 12 },
  teacher: { classAccuracy: 0.95, frechetDistance: 10 },
});

test('rows of a student beside its teacher, by scale', () => {
  const quality = { samples: 20, judge: 'judge', scales: [row(3), row(1)] };
  expect(studentQuality(quality)).toMatchObject({ samples: 20, judge: 'judge' });
  expect(studentQuality(quality)!.rows.map(({ scale }) => scale)).toEqual([1, 3]);
  expect(studentQuality(quality)!.rows[0]).toMatchObject({
    student: { classAccuracy: 0.9 },
    teacher: { frechetDistance: 10 },
  });
});

test.each([
  ['nothing', undefined],
  ['no figures', {}],
  ['no samples', { judge: 'judge', scales: [row(1)] }],
  ['no teacher', { samples: 20, judge: 'judge', scales: [{ ...row(1), teacher: undefined }] }],
  ['rows that are none', { samples: 20, judge: 'judge', scales: [null, 3, 'x'] }],
])('%s says nothing', (_, quality) => {
  expect(studentQuality(quality)).toBeUndefined();
});

test.each(['letters-distilled', 'letters-fast'])('%s ships with its figures', (id) => {
  const file = new URL(`../../public/models/${id}/manifest.json`, import.meta.url);
  const { quality } = JSON.parse(readFileSync(file, 'utf8'));
  const { rows } = studentQuality(quality)!;
  expect(rows.length).toBeGreaterThan(0);
  for (const { student, teacher } of rows) {
    expect(student.classAccuracy).toBeGreaterThan(teacher.classAccuracy - 0.1);
  }
});
