import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { parseResults } from '../src/settings/results';
import { graphSha256, manifestOf } from './manifests';
import { main } from './plot';
import { parseSweep } from './sweep-arguments';
import { asProgram, inProcess } from './testing/programs';

// docs/RESULTS.md must say what its stored results say, and how they were made.
vi.setConfig({ testTimeout: 30_000 });

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const document = readFileSync(join(root, 'docs/RESULTS.md'), 'utf8');
/** The arguments of the document's commands. */
const commands = (name: string) =>
  [...document.matchAll(new RegExp(`^npm run ${name} -- (.*)$`, 'gm'))].map(([, line]) =>
    line!.split(' '),
  );

describe('the sweeps', () => {
  const sweeps = commands('sweep').map((args) => parseSweep(args)!);

  test('are all the studies', () => {
    expect(sweeps.length).toBeGreaterThanOrEqual(7);
    expect(new Set(sweeps.map(({ out }) => out)).size).toBe(sweeps.length);
  });

  test.each(sweeps)('$command: its results hold these points', (sweep) => {
    const results = parseResults(readFileSync(join(root, sweep.out), 'utf8'), sweep.out);
    const [{ model, points }] = results.curves as [(typeof results.curves)[number]];
    expect(model.id).toBe(sweep.model);
    expect(points.map(({ settings }) => settings)).toEqual(
      sweep.points.map(({ settings }) => settings),
    );
    for (const { samples, seed } of points) {
      expect([samples, seed]).toEqual([sweep.samples, sweep.seed]);
    }
  });
});

test('what prompts drew was drawn by the networks as they are now', async () => {
  const file = 'docs/results/pictures-strength.json';
  const { curves, features } = parseResults(readFileSync(join(root, file), 'utf8'), file);
  const used = curves.flatMap(({ model, networks = [] }) => [model, ...networks]);
  expect(used.map(({ id }) => id)).toContain('pictures-64');
  for (const { id, sha256 } of [features, ...used]) {
    const { manifest } = await manifestOf(id);
    expect(graphSha256(manifest), `${file} is of another ${id}: measure it again`).toBe(sha256);
  }
});

describe('the plots', () => {
  const plots = commands('plot').map((args): [string, string[]] => [args.join(' '), args]);
  test('are drawings and tables', () => {
    expect(document.match(/!\[.*\]\(results\/.*\.svg\)/g)?.length).toBeGreaterThanOrEqual(3);
    expect(plots.length).toBeGreaterThanOrEqual(3);
  });

  test.each(plots)('%s: gives what the document shows', async (_, args) => {
    const at = args.indexOf('--out') + 1;
    const drawing = args[at]!;
    const copy = join(folder, basename(drawing));
    const line = at ? args.with(at, copy) : args;
    const { code, stdout: printed, stderr } = await inProcess(main, line);
    expect([code, stderr]).toEqual([0, '']);
    if (at) {
      expect(readFileSync(copy, 'utf8')).toBe(readFileSync(join(root, drawing), 'utf8'));
      expect(document).toContain(`](${drawing.replace('docs/', '')})`);
    }
    if (args.includes('--table')) expect(document).toContain(printed.trim());
  });

  test('by the program as by its function', async () => {
    const table = plots.find(([line]) => !line.includes('--out'))![1];
    const here = await inProcess(main, table);
    expect(await asProgram('cli/plot.ts', table)).toEqual({ ...here, code: 0, stderr: '' });
  });
});
