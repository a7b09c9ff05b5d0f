import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkOutput, reserve } from './outputs';
import { main as sample } from './sample';
import { main as sweep } from './sweep';
import { inProcess } from './testing/programs';

const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);

test('a file that cannot be written is found before the work', async () => {
  await checkOutput('out', file('new.json'));
  writeFileSync(file('a'), '');
  for (const path of [file('missing/a.json'), file('a/b.json'), folder]) {
    await expect(checkOutput('out', path)).rejects.toThrow(/--out must be .* "/);
  }
  // What the system refuses to root as well.
  const tooLong = file('x'.repeat(300));
  await expect(checkOutput('out', tooLong)).rejects.toThrow('a folder that can be written to');
  expect(() => reserve('out', tooLong)).toThrow('a folder that can be written to');
  const missing = file('missing/sheet.png');
  for (const [program, flags] of [
    [sample, `--model tiny --out ${missing}`],
    [sample, `--model tiny --raw ${missing}`],
    [sweep, `--model tiny --samples 4 --out ${missing}`],
  ] as const) {
    const { code, stderr } = await inProcess(program, flags.split(' '));
    expect([code, stderr]).toEqual([2, expect.stringContaining('a folder that can be written to')]);
  }
});

// To root every folder is one that can be written to.
test.skipIf(process.getuid?.() === 0)(
  'a folder that is read-only is found before the work',
  async () => {
    const readOnly = file('read-only');
    mkdirSync(readOnly, { mode: 0o555 });
    for (const [program, flags] of [
      [sample, '--model tiny'],
      [sweep, '--model tiny --samples 4'],
    ] as const) {
      const line = `${flags} --out ${join(readOnly, 'a.png')}`;
      const { code, stderr } = await inProcess(program, line.split(' '));
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('a folder that can be written to'),
      ]);
    }
  },
);

test('a sheet that is too large is found before the work', async () => {
  const line = `--model tiny --seeds 0-99999 --zoom 8 --out ${file('large.png')}`;
  const { code, stderr } = await inProcess(sample, line.split(' '));
  expect([code, stderr]).toEqual([2, expect.stringContaining('--out must be a sheet of at most')]);
  expect(existsSync(file('large.png'))).toBe(false);
});

test('of two programs that write one file the second says so; one that was killed is in no way', async () => {
  const path = file('shared.json');
  const free = reserve('out', path);
  const line = `--model tiny --samples 4 --out ${path}`;
  const { code, stderr } = await inProcess(sweep, line.split(' '));
  expect(code).toBe(2);
  expect(stderr).toContain(`process ${process.pid} is writing ${path}`);
  free();
  expect(existsSync(`${path}.lock`)).toBe(false);
  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => gone.on('exit', resolve));
  for (const left of [`${gone.pid}`, '', 'nobody']) {
    writeFileSync(`${path}.lock`, left);
    reserve('out', path)();
    expect(existsSync(`${path}.lock`)).toBe(false);
  }
});
