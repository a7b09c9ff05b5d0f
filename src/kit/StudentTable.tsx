import { isStudent } from '../diffusion/guidance/rule';
import { percent } from '../settings/numbers';
import { useAppState, useWords } from './app-context';
import { studentQuality } from './student-figures';
import { commonWords } from './words/words';

/** How near the loaded network's student comes to it, as its manifest has it; nothing for other rules. */
export function StudentTable({ rule }: { readonly rule: string }) {
  const { students: words } = useWords(commonWords);
  const student = useAppState(({ engine, models }) =>
    engine.status === 'ready' && isStudent(rule)
      ? models.list.find(({ manifest }) => manifest.id === engine.manifest.id)?.students?.[rule]
      : undefined,
  );
  const quality = studentQuality(student?.quality);
  if (!quality) return null;
  return (
    <table className="student-table" data-student={student?.id}>
      <caption>{words.caption(quality.samples, quality.judge)}</caption>
      <thead>
        <tr>
          <th scope="col">s</th>
          <th scope="col">{words.recognised}</th>
          <th scope="col">{words.frechet}</th>
        </tr>
      </thead>
      <tbody>
        {quality.rows.map(({ scale, student, teacher }) => (
          <tr key={scale}>
            <th scope="row">{scale}</th>
            <td>
              {percent(student.classAccuracy, 1)} / {percent(teacher.classAccuracy, 1)}
            </td>
            <td>
              {student.frechetDistance.toFixed(1)} / {teacher.frechetDistance.toFixed(1)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
