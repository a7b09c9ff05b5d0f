// npm test: every check and test, from a fresh clone. `--unit` leaves out the browser, `--e2e` the rest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNode, environment, installPackages, root } from './packages.mjs';

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== '--unit' && option !== '--e2e');
if (unknown !== undefined) {
  console.error(`Unknown option ${unknown}: npm test -- [--unit] [--e2e]`);
  process.exit(2);
}
const all = options.length === 0;

checkNode();
installPackages();
const { ensureChromium } = await import('./chromium.mjs');
const { playwrightCounts, slowestFiles, vitestCounts } = await import('./reports.mjs');

const reports = mkdtempSync(join(tmpdir(), 'guidance-test-'));
/** @type {{ name: string, passed: number, failed: number, note?: string }[]} */
const results = [];
/** Seconds, by what took them. @type {Map<string, number>} */
const took = new Map();

if (all || options.includes('--unit')) {
  check('lint and format', ['biome', 'check', '--error-on-warnings']);
  check('typecheck', ['tsc', '-b']);
  check('dead code', ['knip', '--no-progress']);
  const file = join(reports, 'vitest.json');
  const status = run([
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
  ]);
  results.push({ name: 'unit tests', ...vitestCounts(file, status) });
}
if (all || options.includes('--e2e')) await endToEnd();

rmSync(reports, { recursive: true });
let passed = 0;
let failed = 0;
console.log();
for (const result of results) {
  passed += result.passed;
  failed += result.failed;
  const counts = `${result.passed} passed, ${result.failed} failed`;
  console.log(`  ${result.name.padEnd(18)} ${counts}${result.note ? ` (${result.note})` : ''}`);
}
console.log(`\n  seconds: ${[...took].map(([name, s]) => `${name} ${Math.round(s)}`).join(', ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function endToEnd() {
  let chromium;
  try {
    chromium = await ensureChromium();
  } catch (error) {
    console.error(String(error));
    results.push({ name: 'browser tests', passed: 0, failed: 1, note: 'no browser' });
    return;
  }
  if (run(['vite', 'build', '--mode', 'e2e', '--logLevel', 'warn']) !== 0) {
    results.push({ name: 'browser tests', passed: 0, failed: 1, note: 'the build failed' });
    return;
  }
  const file = join(reports, 'playwright.json');
  const status = run(['playwright', 'test'], {
    GUIDANCE_CHROMIUM: chromium,
    GUIDANCE_E2E_BUILT: '1',
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  results.push({ name: 'browser tests', ...playwrightCounts(file, status) });
  for (const [name, seconds] of slowestFiles(file, 8)) took.set(name, seconds);
}

/**
 * A check without tests of its own: only its failure counts.
 *
 * @param {string} name
 * @param {string[]} command
 */
function check(name, command) {
  results.push({ name, passed: 0, failed: run(command) === 0 ? 0 : 1 });
}

/**
 * @param {string[]} command one of the installed packages' programs
 * @param {Record<string, string>} [extra] environment variables
 */
function run(command, extra) {
  console.log(`\n› ${command.join(' ')}`);
  const started = performance.now();
  const { status } = spawnSync('npx', ['--no-install', ...command], {
    cwd: root,
    env: { ...environment, ...extra },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  took.set(command.slice(0, 2).join(' '), (performance.now() - started) / 1000);
  return status;
}
