// Counts from the JSON reports of Vitest, Playwright and pytest.
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, note?: string }} Counts */

/**
 * @typedef {{
 *   status: string,
 *   annotations?: { type: string, description?: string }[],
 *   projectName?: string,
 *   results?: { duration: number }[],
 * }} Test
 */
/** @typedef {{ suites?: Suite[], specs?: { title: string, file?: string, tests: Test[] }[] }} Suite */

/**
 * @param {string} file written by `vitest --reporter=json`
 * @param {number | null} status the program's exit status
 * @returns {Counts}
 */
export function vitestCounts(file, status) {
  const report = read(file);
  if (!report) return { passed: 0, failed: 1 };
  // A file that does not load fails as a suite and has no tests to count.
  /** @type {{ status: string, assertionResults: unknown[] }[]} */
  const suites = report.testResults;
  const broken = suites.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  return atLeastOneFailure(
    { passed: report.numPassedTests, failed: report.numFailedTests + broken.length },
    status,
  );
}

/**
 * A test that passed at its second attempt counts as passed, and the note names it: it is to be
 * mended. One that was skipped does not count, and the note has the reason.
 *
 * @param {string} file written by Playwright's json reporter
 * @param {number | null} status the program's exit status
 * @returns {Counts}
 */
export function playwrightCounts(file, status) {
  const report = read(file);
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = report.stats;
  const counts = atLeastOneFailure({ passed: expected + flaky, failed: unexpected }, status);
  const again = titlesOf(report, 'flaky');
  const notes = [
    ...(again.length > 0 ? [`at the second attempt only: ${again.join('; ')}`] : []),
    ...reasonsOf(report).map(([reason, count]) => `${count} skipped, ${reason}`),
  ];
  return notes.length > 0 ? { ...counts, note: notes.join('; ') } : counts;
}

/**
 * The files whose browser tests took longest, each with its project and seconds, attempts added up.
 *
 * @param {string} file written by Playwright's json reporter
 * @param {number} count
 * @returns {[name: string, seconds: number][]}
 */
export function slowestFiles(file, count) {
  /** @type {Map<string, number>} */
  const seconds = new Map();
  for (const spec of specsOf(read(file) ?? {})) {
    for (const { projectName = '', results = [] } of spec.tests) {
      const name = `${projectName} ${spec.file}`;
      const own = results.reduce((sum, { duration }) => sum + duration / 1000, 0);
      seconds.set(name, (seconds.get(name) ?? 0) + own);
    }
  }
  return [...seconds].sort(([, a], [, b]) => b - a).slice(0, count);
}

/**
 * Why tests were skipped, and how many for each reason.
 *
 * @param {Suite} suite
 * @returns {[reason: string, count: number][]}
 */
function reasonsOf(suite) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { status, annotations = [] } of testsOf(suite)) {
    const reason = annotations.find(({ type }) => type === 'skip')?.description;
    if (status !== 'skipped' || reason === undefined) continue;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts];
}

/**
 * @param {Suite} suite
 * @returns {NonNullable<Suite['specs']>}
 */
function specsOf({ suites = [], specs = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

/** @param {Suite} suite */
const testsOf = (suite) => specsOf(suite).flatMap(({ tests }) => tests);

/**
 * The titles of a report's tests that ended with `status`.
 *
 * @param {Suite} suite
 * @param {string} status
 * @returns {string[]}
 */
function titlesOf(suite, status) {
  const own = specsOf(suite).filter(({ tests }) => tests.some((test) => test.status === status));
  return own.map(({ title }) => title);
}

/**
 * A run that ended badly counts as a failure even where every test that it listed passed.
 *
 * @param {Counts} counts
 * @param {number | null} status
 * @returns {Counts}
 */
function atLeastOneFailure({ passed, failed }, status) {
  return { passed, failed: status === 0 ? failed : Math.max(failed, 1) };
}

/** @param {string} file */
function read(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // Cut off in the middle of writing: the run broke.
  }
}
