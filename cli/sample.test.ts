import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, expect, test, vi } from 'vitest';
import { main } from './sample';
import { asProgram, inProcess } from './testing/programs';

// The networks run on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sample-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = (line: string) => inProcess(main, line.split(' '));

/** Samples of the test network, 8 × 8 pixels, as the raw file holds them. */
async function raw(name: string, line: string): Promise<Float32Array> {
  const file = join(folder, `${name}.f32`);
  const { code, stderr } = await sample(`--model tiny --steps 6 ${line} --raw ${file}`);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return new Float32Array(new Uint8Array(readFileSync(file)).buffer);
}

const picture = (samples: Float32Array, i: number) => samples.subarray(i * 64, (i + 1) * 64);

function maxDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

test('a sample depends on its label and seed, not on its batch; the order is label-major', async () => {
  const line = '--sampler ddpm --scale 2';
  const all = await raw('all', `${line} --labels 0,2 --seeds 3-5`);
  const split = await raw('split', `${line} --labels 0,2 --seeds 3-5 --batch 4`);
  expect(all).toHaveLength(6 * 64);
  expect(all.every(Number.isFinite)).toBe(true);
  expect(maxDifference(all, split)).toBeLessThan(1e-4);

  const one = await raw('one', `${line} --labels 2 --seeds 4`);
  expect(maxDifference(picture(all, 4), one)).toBeLessThan(1e-4);
  expect(maxDifference(picture(all, 1), one)).toBeGreaterThan(0.1); // label 0, seed 4
  expect(maxDifference(picture(all, 3), one)).toBeGreaterThan(0.1); // label 2, seed 3
});

test('the null label is the unconditional network, and guidance changes pixels', async () => {
  const uncond = await raw('uncond', '--labels null --seeds 0-1');
  const rule = await raw('rule', '--labels 1 --seeds 0-1 --guidance unconditional');
  expect(maxDifference(uncond, rule)).toBe(0);
  const off = await raw('off', '--labels 1 --seeds 0-1');
  const on = await raw('on', '--labels 1 --seeds 0-1 --scale 4');
  const nowhere = await raw('nowhere', '--labels 1 --seeds 0-1 --scale 4 --interval 90,95');
  expect(maxDifference(off, uncond)).toBeGreaterThan(0.1);
  expect(maxDifference(off, on)).toBeGreaterThan(0.1);
  expect(maxDifference(off, nowhere)).toBe(0);
});

test('a negative class and a mix reach the label rows', async () => {
  const line = '--labels 1 --seeds 0-1 --sampler ddim';
  // At scale 0 cfg is the unconditional network alone.
  const negative = await raw('negative', `${line} --scale 0 --negative 2`);
  const other = await raw('other', '--labels 2 --seeds 0-1 --sampler ddim');
  expect(maxDifference(negative, other)).toBe(0);
  const all = await raw('all-mixed', `${line} --mix 2:1`);
  expect(maxDifference(all, other)).toBe(0);
  const half = await raw('half-mixed', `${line} --mix 2:0.5`);
  expect(maxDifference(half, other)).toBeGreaterThan(0.01);
});

test('curve, threshold, frequencies and temperature act', async () => {
  const line = '--labels 1 --seeds 0-1';
  const scaled = await raw('scaled', `${line} --scale 3`);
  expect(await raw('curve', `${line} --curve 3,3,3`)).toEqual(scaled);
  const clamped = await raw('clamped', `${line} --scale 8 --threshold static`);
  expect(Math.max(...clamped.map(Math.abs))).toBeLessThanOrEqual(1);
  const both = '--fdg-low 1 --fdg-high 1';
  const decoupled = await raw('fdg', `${line} --scale 3 --guidance fdg ${both}`);
  expect(maxDifference(decoupled, scaled)).toBeLessThan(1e-4);
  const cool = `${line} --sampler ddpm --guidance low-temperature`;
  const warm = await raw('warm', `${line} --sampler ddpm`);
  expect(await raw('cool', cool)).toEqual(warm);
  const cold = await raw('cold', `${cool} --noise-temperature 0.5`);
  expect(maxDifference(cold, warm)).toBeGreaterThan(0.01);
});

const hasClassifiers = existsSync(join(root, 'e2e/models/tiny-small-classifier'));

test.runIf(hasClassifiers)('classifier guidance, with either network and base', async () => {
  const line = '--labels 1 --seeds 0-1';
  const off = await raw('classifier-off', `${line} --guidance classifier --classifier-scale 0`);
  expect(off).toEqual(await raw('classifier-base', `${line} --guidance unconditional`));
  const results = [off];
  for (const rule of ['classifier', 'classifier-conditional']) {
    for (const size of [0, 1]) {
      const guidance = `--guidance ${rule} --classifier-size ${size} --classifier-scale 2`;
      const made = await raw(`${rule}-${size}`, `${line} ${guidance}`);
      expect(made.every(Number.isFinite)).toBe(true);
      for (const other of results) expect(maxDifference(made, other)).toBeGreaterThan(1e-3);
      results.push(made);
    }
  }
});

test('the sheet shows the same pixels, a row a label and a column a seed', async () => {
  const file = join(folder, 'sheet.png');
  const samples = await raw('sheet', `--labels 0,3,null --seeds 0-1 --out ${file}`);
  const sheet = decode(readFileSync(file));
  expect([sheet.width, sheet.height, sheet.channels]).toEqual([18, 28, 1]);
  for (let i = 0; i < 6; i++) {
    const left = (i % 2) * 10;
    const top = Math.floor(i / 2) * 10;
    const shown = picture(samples, i).map((_, p) => {
      return sheet.data[(top + Math.floor(p / 8)) * 18 + left + (p % 8)]!;
    });
    const expected = picture(samples, i).map((v) =>
      Math.round(Math.min(Math.max((v + 1) * 127.5, 0), 255)),
    );
    expect(shown).toEqual(expected);
  }
});

test('wrong arguments: one line and exit code 2', async () => {
  const flag = await sample('--steps 0 --out a.png');
  const label = await sample('--model tiny --labels Q --out a.png');
  const model = await sample('--model faces --out a.png');
  const negative = await sample('--model tiny --negative Q --out a.png');
  const mix = await sample('--model tiny --mix Q:0.5 --out a.png');
  const lacking = await sample('--model tiny-weak --guidance classifier --out a.png');
  for (const { code, stdout, stderr } of [flag, label, model, negative, mix, lacking]) {
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
  expect(label.stderr).toContain('--labels must be of 0,1,2,3 or null, got "Q"');
  expect(negative.stderr).toContain('--negative must be of 0,1,2,3, got "Q"');
  expect(mix.stderr).toContain('--mix must be of 0,1,2,3, got "Q"');
  expect(lacking.stderr).toContain('--guidance classifier needs a classifier, tiny-weak has none');
  expect(model.stderr).toMatch(/--model must be one of .*tiny.*, got "faces"/);
});

test('as a program: the same samples, and the exit codes', async () => {
  const line = '--labels 2 --seeds 4';
  const here = await raw('here', line);
  const file = join(folder, 'there.f32');
  const args = ['--model', 'tiny', '--steps', '6', ...line.split(' '), '--raw', file];
  const [good, bad] = await Promise.all([
    asProgram('cli/sample.ts', args),
    asProgram('cli/sample.ts', ['--steps', '0', '--out', 'a.png']),
  ]);
  expect(good).toEqual({ code: 0, stdout: expect.stringContaining(file), stderr: '' });
  expect(new Float32Array(new Uint8Array(readFileSync(file)).buffer)).toEqual(here);
  expect(bad).toEqual({ ...(await sample('--steps 0 --out a.png')), code: 2 });
});

test('a folder that is not there is found before the work', async () => {
  const { code, stderr } = await sample('--model tiny --steps 1 --seeds 0 --out /nowhere/a.png');
  expect(code).toBe(2);
  expect(stderr).toContain('/nowhere/a.png');
});

test('--judge says what the feature network reads, more of it with guidance', async () => {
  const read = async (scale: number) => {
    const { code, stdout } = await sample(
      `--model tiny --seeds 0-7 --steps 12 --scale ${scale} --judge`,
    );
    expect(code).toBe(0);
    const [, network, share] =
      /^(\S+): ([\d.]+) % read as what was asked for, diversity [\d.]+, [\d.]+ % of the numbers outside/m.exec(
        stdout,
      ) ?? [];
    expect(network).toBe('tiny-features');
    return Number(share);
  };
  expect(await read(0)).toBeLessThan(await read(2));
});

test('--zoom makes every pixel of the sheet a block', async () => {
  const [small, large] = [1, 3].map((zoom) => join(folder, `zoom-${zoom}.png`));
  await sample(`--model tiny --labels 1 --seeds 0 --steps 2 --out ${small}`);
  await sample(`--model tiny --labels 1 --seeds 0 --steps 2 --zoom 3 --out ${large}`);
  const [one, three] = [small, large].map((file) => decode(readFileSync(file!)));
  expect([three!.width, three!.height]).toEqual([24, 24]);
  expect(three!.data[4 * 24 + 7]).toBe(one!.data[1 * 8 + 2]);
});
