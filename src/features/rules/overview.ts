import * as v from 'valibot';
import { findGuidanceRule, guidanceRegistry } from '../../diffusion/guidance';
import type { GuidanceRule } from '../../diffusion/guidance/rule';
import { pageSeedOf } from '../../diffusion/random';
import { type ColumnSettings, DEFAULT_COLUMN } from '../../settings/column';
import { writeColumn } from '../../settings/column-text';
import { parseResults, type Results, type ResultsPoint } from '../../settings/results';
import { bestPoint, distanceOf } from '../../settings/rules-overview';
import { writeSubject } from '../../settings/subject';

/** What the sheet beside a file shows: a row a curve, a column each of these. */
const sheet = v.object({ asked: v.pipe(v.array(v.string()), v.minLength(1)) });

/** A rule as the overview shows it. */
export interface RuleEntry {
  readonly rule: GuidanceRule;
  /** Row of its pictures in the sheet, from 0. */
  readonly row: number;
  readonly points: readonly ResultsPoint[];
  readonly best: ResultsPoint;
  /** Its best settings as a query of the address. */
  readonly query: string;
}

/** An overview of docs/rules. */
export interface Overview {
  readonly model: string;
  readonly judge: string;
  readonly samples: number;
  /** Of all rules but those that are made for steps of their own. */
  readonly steps: number;
  readonly seed: number;
  readonly date: string;
  /** What the pictures are of: classes, or prompts. */
  readonly asked: readonly string[];
  /** The closest to real pictures first. */
  readonly entries: readonly RuleEntry[];
}

/**
 * Reads a file of docs/rules. What this version has no rule for is left out.
 *
 * @throws ResultsError for a file that holds no results; RangeError for one without rules
 */
export function readOverview(source: string, fileName: string): Overview {
  const { asked } = v.parse(sheet, JSON.parse(source));
  return overviewOf(parseResults(source, fileName), asked);
}

function overviewOf({ curves, features }: Results, asked: readonly string[]): Overview {
  const known = new Set(guidanceRegistry.map(({ id }) => id));
  const entries = curves.flatMap(({ points, model }, row): RuleEntry[] => {
    const best = bestPoint(points);
    if (!known.has(best.settings.guidance)) return [];
    const rule = findGuidanceRule(best.settings.guidance);
    return [{ rule, row, points, best, query: queryOf(best, model.id, asked) }];
  });
  const [first] = entries;
  if (!first) throw new RangeError('An overview needs at least one rule, got none');
  const distance = ({ best }: RuleEntry) => distanceOf(best)?.value ?? Number.MAX_VALUE;
  return {
    model: curves[0]!.model.id,
    judge: features.id,
    samples: first.best.samples,
    steps: (entries.find(({ rule }) => !rule.madeFor) ?? first).best.settings.numSteps,
    seed: first.best.seed,
    date: curves
      .flatMap(({ points }) => points.map(({ date }) => date.slice(0, 10)))
      .sort()
      .at(-1)!,
    asked,
    entries: entries.toSorted((a, b) => distance(a) - distance(b)),
  };
}

/** The best settings and their noise, as the address has them. */
function queryOf(
  { settings, seed }: ResultsPoint,
  model: string,
  asked: readonly string[],
): string {
  const { guidance, guidanceScale, numSteps, sampler, schedule, parameters } = settings;
  const chosen = { guidance, guidanceScale, numSteps, sampler, schedule, parameters };
  const column: ColumnSettings = { ...DEFAULT_COLUMN, ...chosen };
  const query = new URLSearchParams([
    ['model', model],
    ...writeColumn(column),
    ['seed', String(pageSeedOf(seed))],
    ['draw', writeSubject({ kind: 'each', names: asked })],
  ]);
  return `?${query}`;
}
