// Counts from the JSON reports of Vitest, Playwright and pytest.
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number }} Counts */

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
 * @param {string} file written by Playwright's json reporter
 * @param {number | null} status the program's exit status
 * @returns {Counts}
 */
export function playwrightCounts(file, status) {
  const report = read(file);
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = report.stats;
  return atLeastOneFailure({ passed: expected, failed: unexpected + flaky }, status);
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
