import { numberIn } from './real-figures';

/** What was measured of a student at a scale, beside the network that it learnt from. */
export interface StudentRow {
  readonly scale: number;
  readonly student: StudentFigures;
  readonly teacher: StudentFigures;
}

interface StudentFigures {
  /** Share of the samples that the judge reads as asked for. */
  readonly classAccuracy: number;
  readonly frechetDistance: number;
}

/** What a student's manifest says of its quality, whose form is free. */
export interface StudentQuality {
  readonly samples: number;
  readonly judge: string;
  readonly rows: readonly StudentRow[];
}

/** Reads a student's `quality` as training/evaluate_students.py writes it; undefined where it says nothing. */
export function studentQuality(
  quality: Readonly<Record<string, unknown>> | undefined,
): StudentQuality | undefined {
  const { scales, judge } = quality ?? {};
  const samples = numberIn(quality, 'samples');
  if (!Array.isArray(scales) || typeof judge !== 'string' || samples === undefined) {
    return undefined;
  }
  const rows = scales.flatMap((row: unknown): StudentRow[] => {
    const scale = numberIn(row, 'guidanceScale');
    const student = figuresIn(row);
    const teacher = figuresIn((row as { readonly teacher?: unknown } | null)?.teacher);
    return scale === undefined || !student || !teacher ? [] : [{ scale, student, teacher }];
  });
  if (rows.length === 0) return undefined;
  return { samples, judge, rows: rows.sort((a, b) => a.scale - b.scale) };
}

function figuresIn(row: unknown): StudentFigures | undefined {
  const classAccuracy = numberIn(row, 'classAccuracy');
  const frechetDistance = numberIn(row, 'frechetDistance');
  return classAccuracy === undefined || frechetDistance === undefined
    ? undefined
    : { classAccuracy, frechetDistance };
}
