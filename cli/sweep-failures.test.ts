import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { parseResults } from '../src/settings/results';
import { inProcess } from './testing/programs';

// Programs that start programs: seconds on idle cores, more on busy ones.
vi.setConfig({ testTimeout: 120_000 });

/** The processes that sweeps in this one have started, and how many results files the disk has room for. */
const system = vi.hoisted(() => ({ forked: [] as ChildProcess[], room: Infinity }));
vi.mock('node:child_process', async (importActual) => {
  const actual = await importActual<typeof import('node:child_process')>();
  const fork = (...args: Parameters<typeof actual.fork>) => {
    const child = actual.fork(...args);
    system.forked.push(child);
    return child;
  };
  return { ...actual, fork };
});
vi.mock('node:fs/promises', async (importActual) => {
  const actual = await importActual<typeof import('node:fs/promises')>();
  const writeFile: typeof actual.writeFile = async (path, content, options) => {
    // A trial whether anything can be written is empty, and needs no room.
    if (content === '' || system.room-- > 0) return actual.writeFile(path, content, options);
    await actual.writeFile(path, String(content).slice(0, 100), options);
    throw new Error('ENOSPC: no space left on device, write');
  };
  return { ...actual, writeFile };
});
const { main: sweep } = await import('./sweep');

beforeEach(() => {
  Object.assign(system, { forked: [], room: Infinity });
});

const folder = mkdtempSync(join(tmpdir(), 'sweep-failures-'));
afterAll(() => rmSync(folder, { recursive: true }));

const out = (name: string) => join(folder, name);
const scalesOf = (path: string) =>
  parseResults(readFileSync(path, 'utf8'), path).curves[0]!.points.map(
    ({ settings }) => settings.guidanceScale,
  );
const line = (path: string, more = '--scales 0:2 --samples 52') =>
  `--model tiny --steps 2 --processes 1 --batch 26 --out ${path} ${more}`.split(' ');

test('a disk that is full: the file keeps the points before, and is named', async () => {
  const path = out('full.json');
  system.room = 1;
  const { code, stderr } = await inProcess(sweep, line(path));
  expect(code).toBe(1);
  expect(stderr).toBe(
    `${path} could not be written: ENOSPC: no space left on device, write. ${path} holds 1 of 3 points, the same command goes on from there\n`,
  );
  expect(scalesOf(path)).toEqual([0]);
  expect(readdirSync(folder)).toEqual(['full.json']);
  system.room = Infinity;
  expect((await inProcess(sweep, line(path))).code).toBe(0);
  expect(scalesOf(path)).toEqual([0, 1, 2]);
});

/** Ten points that take a while. */
const long = '--scales 0:9 --samples 150 --steps 20';

test('a process that the system ends: its signal is told, and the sweep goes on from its points', async () => {
  const path = out('process.json');
  const sweeping = inProcess(sweep, line(path, long));
  await vi.waitFor(() => expect(existsSync(path)).toBe(true), { timeout: 60_000, interval: 10 });
  system.forked[0]!.kill('SIGKILL');
  const { code, stderr } = await sweeping;
  const points = scalesOf(path).length;
  expect(points).toBeLessThan(10);
  expect([code, stderr]).toEqual([
    1,
    `A process of the sweep ended with SIGKILL; fewer take less memory (--processes). ${path} holds ${points} of 10 points, the same command goes on from there\n`,
  ]);
  await goesOn(path, points);
});

test('a sweep that is killed leaves whole points, nothing in the way, and no process', async () => {
  const path = out('killed.json');
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/sweep.ts', ...line(path, long)], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  // Its processes hold its output open until they have ended.
  const closed = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await closed;
  expect(existsSync(`${path}.lock`)).toBe(true);
  await goesOn(path, scalesOf(path).length);
});

async function goesOn(path: string, points: number): Promise<void> {
  // The next point alone, for time: a grid may change.
  const { code, stderr } = await inProcess(sweep, line(path, long.replace('0:9', `${points}`)));
  expect([code, stderr]).toEqual([0, '']);
  expect(scalesOf(path)).toEqual(Array.from({ length: points + 1 }, (_, scale) => scale));
  expect(readdirSync(folder)).toEqual(expect.not.arrayContaining([`${basename(path)}.lock`]));
}
