import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { playwrightCounts, slowestFiles, vitestCounts } from './reports.mjs';

const folder = mkdtempSync(join(tmpdir(), 'reports-'));
afterAll(() => rmSync(folder, { recursive: true }));

function report(content: unknown): string {
  const file = join(folder, 'report.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('passed and failed tests are counted', () => {
  const vitest = report({ numPassedTests: 7, numFailedTests: 2, testResults: [] });
  expect(vitestCounts(vitest, 1)).toEqual({ passed: 7, failed: 2 });
  const playwright = report({ stats: { expected: 5, unexpected: 2, flaky: 0, skipped: 9 } });
  expect(playwrightCounts(playwright, 1)).toEqual({ passed: 5, failed: 2 });
});

test('what passes at the second attempt is passed, and named', () => {
  const specs = ['steady', 'racy'].map((title, i) => ({
    title,
    tests: [{ status: i === 0 ? 'expected' : 'flaky' }],
  }));
  const stats = { expected: 5, unexpected: 0, flaky: 1 };
  const file = report({ stats, suites: [{ specs: [], suites: [{ specs }] }] });
  const note = 'at the second attempt only: racy';
  expect(playwrightCounts(file, 0)).toEqual({ passed: 6, failed: 0, note });
});

test('what is skipped does not count, and the reason is given', () => {
  const skipped = (description: string) => ({
    status: 'skipped',
    annotations: [{ type: 'skip', description }],
  });
  const missing = { title: 'draws', tests: [skipped('Firefox not found: not tested')] };
  const specs = [missing, missing, { title: 'slow', tests: [skipped('too slow here')] }];
  const stats = { expected: 5, unexpected: 0, flaky: 0, skipped: 3 };
  const file = report({ stats, suites: [{ suites: [{ specs }] }] });
  const note = '2 skipped, Firefox not found: not tested; 1 skipped, too slow here';
  expect(playwrightCounts(file, 0)).toEqual({ passed: 5, failed: 0, note });
});

test('the slowest files are named with their project, attempts added up', () => {
  const spec = (file: string, projectName: string, ...durations: number[]) => ({
    title: 'draws',
    file,
    tests: [
      { projectName, status: 'expected', results: durations.map((duration) => ({ duration })) },
    ],
  });
  const inner = { specs: [spec('b.spec.ts', 'wasm', 2000), spec('a.spec.ts', 'wasm', 500)] };
  const specs = [spec('a.spec.ts', 'webgpu', 1000, 3000), spec('b.spec.ts', 'wasm', 1500)];
  const file = report({ suites: [{ specs, suites: [inner] }] });
  const slowest = [
    ['webgpu a.spec.ts', 4],
    ['wasm b.spec.ts', 3.5],
  ];
  expect(slowestFiles(file, 2)).toEqual(slowest);
  expect(slowestFiles(join(folder, 'none.json'), 2)).toEqual([]);
});

test('a test file that does not load is a failure', () => {
  const broken = { status: 'failed', assertionResults: [] };
  const file = report({ numPassedTests: 7, numFailedTests: 0, testResults: [broken, broken] });
  expect(vitestCounts(file, 1)).toEqual({ passed: 7, failed: 2 });
});

test('a run that ended badly is never clean, whatever its report says', () => {
  const vitest = report({ numPassedTests: 7, numFailedTests: 0, testResults: [] });
  expect(vitestCounts(vitest, 1)).toEqual({ passed: 7, failed: 1 });
  const playwright = report({ stats: { expected: 5, unexpected: 0, flaky: 0 } });
  expect(playwrightCounts(playwright, null)).toEqual({ passed: 5, failed: 1 });
  expect(playwrightCounts(join(folder, 'none.json'), 0)).toEqual({ passed: 0, failed: 1 });
  expect(vitestCounts(report('{"numPassed'), 0)).toEqual({ passed: 0, failed: 1 });
});
