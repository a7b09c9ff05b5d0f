import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { measurePoint } from '../src/diffusion/metrics/point';
import { pageSeedOf } from '../src/diffusion/random';
import { DEFAULT_RUN } from '../src/diffusion/run';
import { parseResults, type ResultsPoint } from '../src/settings/results';
import { generate } from './generate';
import { openJudge } from './judge';
import { openNetwork } from './runtime';
import { main } from './sweep';
import { inProcess } from './testing/programs';

// Programs that start programs: seconds on idle cores, more on busy ones.
vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const sweep = (line: string) => inProcess(main, line.split(' '));

function pointsOf(name: string): readonly ResultsPoint[] {
  return parseResults(readFileSync(file(name), 'utf8'), name).curves[0]!.points;
}

const shared = '--model tiny --samples 52 --seed 5 --steps 3 --batch 10';

test('writes what the same samples give when they are drawn one by one', async () => {
  const line = `${shared} --scales 1:2 --sampler ddpm`;
  const { code, stdout, stderr } = await sweep(`${line} --out ${file('a.json')}`);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(4);
  // A point may end before the one that began first.
  expect(lines.slice(0, 2).sort()[0]).toMatch(
    /^guidanceScale 1: class accuracy [\d.]+ ± [\d.]+, .* \(\d+ s\)$/,
  );
  expect(lines[2]).toBe(`2 points of 52 samples, by tiny-features → ${file('a.json')}`);
  expect(lines[3]).toBe(
    `The page draws the same samples with seed=${pageSeedOf(5)} in its address`,
  );

  const results = parseResults(readFileSync(file('a.json'), 'utf8'), 'a.json');
  expect(results.features.id).toBe('tiny-features');
  expect(results.curves[0]).toMatchObject({
    model: { id: 'tiny' },
    varied: ['guidanceScale'],
    command: `npm run sweep -- ${line} --out ${file('a.json')}`,
  });
  const network = await openNetwork('tiny');
  const judge = await openJudge('tiny-features');
  for (const point of pointsOf('a.json')) {
    const jobs = Array.from({ length: 52 }, (_, k) => ({ label: k % 4, seed: 5 + k }));
    const { samples, nfe } = await generate(network, jobs, {
      ...DEFAULT_RUN,
      sampler: 'ddpm',
      numSteps: 3,
      guidanceScale: point.settings.guidanceScale,
      batch: 52,
    });
    const { logits, features } = await judge.look(samples);
    const measured = measurePoint({ numClasses: 4, numFeatures: 16 }, judge.reference);
    measured.add(
      logits,
      features,
      jobs.map(({ label }) => label),
    );
    const { samples: count, leftOut, ...figures } = measured.figures();
    expect([leftOut, point.leftOut]).toEqual([undefined, undefined]);
    expect([point.samples, point.seed, point.nfe]).toEqual([count, 5, nfe]);
    for (const [name, figure] of Object.entries(figures)) {
      const written = point.figures[name as keyof typeof figures];
      expect(Math.abs(written!.value / figure!.value - 1), name).toBeLessThan(1e-3);
      expect(Math.abs(written!.spread! - figure!.spread!), name).toBeLessThan(0.02 * figure!.value);
    }
  }
  await network.release();
  await judge.release();
});

test('a wider grid goes on from the finished points', async () => {
  const line = `${shared} --processes 1 --out ${file('b.json')} --scales`;
  await sweep(`${line} 2`);
  const [before] = pointsOf('b.json');
  const { code, stderr } = await sweep(`${line} 0,2,1.5`);
  expect([code, stderr]).toEqual([0, `1 of 3 points are in ${file('b.json')} already\n`]);
  const points = pointsOf('b.json');
  expect(points.map(({ settings }) => settings.guidanceScale)).toEqual([0, 1.5, 2]);
  expect(points[2]).toEqual(before);

  const again = await sweep(`${line} 0,1.5`);
  expect(again.code).toBe(0);
  expect(pointsOf('b.json')).toEqual(points);
});

test('stopped in the middle it keeps its points, and the same command goes on', async () => {
  const line = `--model tiny --samples 150 --steps 20 --scales 0:9 --out ${file('c.json')}`;
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/sweep.ts', ...line.split(' ')], {
    cwd: root,
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const code = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGINT');
  expect(await code).toBe(130);
  const points = pointsOf('c.json');
  expect(points.length).toBeGreaterThan(0);
  expect(points.length).toBeLessThan(10);
  expect(stderr).toBe(
    `Stopped: ${file('c.json')} holds ${points.length} of 10 points, the same command goes on from there\n`,
  );
  expect(readdirSync(folder).filter((name) => name.startsWith('c.'))).toEqual(['c.json']);

  // The rest with fewer points, for time: a grid may change.
  const shorter = line.replace('0:9', `${points.length}`);
  const more = await sweep(shorter);
  expect(more.code).toBe(0);
  expect(pointsOf('c.json')).toHaveLength(points.length + 1);
  expect(pointsOf('c.json').slice(0, -1)).toEqual(points);
});

test('what cannot be swept or continued is one line', async () => {
  writeFileSync(file('other.json'), 'w,score\n0,1');
  await sweep(`${shared} --processes 1 --scales 1 --out ${file('d.json')}`);
  const kept = readFileSync(file('d.json'), 'utf8');
  const cases: [line: string, code: number, message: string][] = [
    [`${shared} --out ${file('other.json')}`, 1, 'other.json must be JSON, got "w,score\\n0,1"'],
    [`${shared} --scales 1 --seed 6 --out ${file('d.json')}`, 2, 'another sweep (seed 5)'],
    [`--model faces --scales 1 --out ${file('e.json')}`, 2, '--model must be one of'],
    [`--model tiny-weak --out ${file('e.json')}`, 2, 'needs a feature network, tiny-weak has none'],
    [`--model tiny --negative Q --out ${file('e.json')}`, 2, '--negative must be of 0,1,2,3, got'],
  ];
  for (const [line, wanted, message] of cases) {
    const { code, stdout, stderr } = await sweep(line);
    expect(stderr).toContain(message);
    expect([code, stdout, stderr.trim().split('\n').length]).toEqual([wanted, '', 1]);
  }
  expect(readFileSync(file('d.json'), 'utf8')).toBe(kept);
  expect(existsSync(file('e.json'))).toBe(false);
});
