import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { parseResults } from '../src/settings/results';
import { main } from './rules';
import { inProcess } from './testing/programs';

// Processes of their own draw.
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'rules-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (rules: string) =>
  inProcess(main, [
    ...['--model', 'tiny', '--samples', '20', '--steps', '2', '--processes', '1'],
    ...['--folder', join(folder, 'made'), '--rules', rules],
  ]);

test('measures each rule at its scales, draws a row of each, and goes on from what there is', async () => {
  const { code, stderr, stdout } = await run('conditional,icg');
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('icg at ');
  const path = join(folder, 'made/tiny.json');
  const source = readFileSync(path, 'utf8');
  const { curves } = parseResults(source, path);
  expect(curves.map(({ points }) => points.map(({ settings }) => settings.guidanceScale))).toEqual([
    [1],
    [1.5, 2.5, 4],
  ]);
  // Random classes cost an evaluation more, at every scale that was tried.
  expect(curves.map(({ points }) => points.map(({ nfe }) => nfe))).toEqual([[2], [4, 4, 4]]);
  const { asked } = JSON.parse(source);
  expect(asked).toHaveLength(4);
  const png = readFileSync(join(folder, 'made/tiny.png'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([4 * 8, 2 * 8]);

  // What is not asked for stays.
  const again = await run('momentum');
  expect(again.code, again.stderr).toBe(0);
  const more = parseResults(readFileSync(path, 'utf8'), path).curves;
  expect(more.slice(0, 2)).toEqual(curves);
  expect(more).toHaveLength(3);
});

test.each([
  [['--model', 'tiny-features'], '--model must be a denoiser'],
  [['--model', 'tiny', '--rules', 'none'], 'Guidance rule must be one of'],
])('%j is refused', async (line, message) => {
  const { code, stderr } = await inProcess(main, [...line, '--folder', join(folder, 'none')]);
  expect(code).not.toBe(0);
  expect(stderr).toContain(message);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});
