import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runConditioning } from '../src/diffusion/conditioning';
import { arrayFields } from '../src/diffusion/fields';
import { modelFolders } from './models';
import { openNetwork } from './runtime';
import { main } from './sample';
import { inProcess } from './testing/programs';

// The networks run on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'cascade-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of the test cascade: 8 × 8, then 16 × 16. */
const SIDES = [8, 16] as const;
const whole = 3 * SIDES[1] ** 2;

/** Samples of the test cascade as the raw file holds them, and what was said of the prompts. */
async function drawn(...more: readonly string[]): Promise<{ raw: Float32Array; said: string }> {
  const file = join(folder, 'drawn.f32');
  const usual = ['--model', 'tiny-words', '--steps', '3', '--sampler', 'ddim', '--seeds', '0-1'];
  const { code, stderr } = await inProcess(main, [...usual, ...more, '--raw', file]);
  expect(code, stderr).toBe(0);
  const raw = new Float32Array(new Uint8Array(readFileSync(file)).buffer);
  return { raw, said: stderr };
}

const raw = async (...more: readonly string[]) => (await drawn(...more)).raw;

function difference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

test('pictures are prompt by prompt, of the last stage’s size', async () => {
  const both = await raw('--prompt', 'a red apple', '--prompt', 'an owl');
  expect(both).toHaveLength(2 * 2 * whole);
  expect(both.every(Number.isFinite)).toBe(true);
  const owl = await raw('--prompt', 'an owl');
  expect(difference(both.slice(2 * whole), owl)).toBeLessThan(1e-5);
  expect(difference(both.slice(0, 2 * whole), owl)).toBeGreaterThan(0.1);
});

test('every setting of a stage changes its pictures, and none of the stage before', async () => {
  const apple = ['--prompt', 'a red apple', '--scale', '2'];
  const usual = await raw(...apple);
  for (const change of ['scale 16=6', 'steps 16=5', 'augmentation 16=0.5', 'sampler 16=heun']) {
    const [setting, value] = change.split(' ');
    const changed = await raw(...apple, `--stage-${setting}`, value!);
    expect(difference(usual, changed), change).toBeGreaterThan(0.01);
  }
  expect(difference(usual, await raw(...apple, '--augmentation', '0.5'))).toBeGreaterThan(0.01);
  const own = (prompt: string) => raw(...apple, '--stage-prompt', `16=${prompt}`);
  expect(difference(usual, await own('an owl'))).toBeGreaterThan(0.01);
  expect(difference(usual, await own('a red apple'))).toBe(0);
  const first = await raw(...apple, '--stages', '1');
  expect(first).toHaveLength(2 * 3 * SIDES[0] ** 2);
  // What the first stage draws is what the second enlarges.
  expect(difference(usual, await raw('--prompt', 'a red apple', '--scale', '5'))).toBeGreaterThan(
    0.01,
  );
});

describe('what the network says of itself', () => {
  /** What one step to 0 ends at: the rule's estimate. */
  const estimate = (guidance: string, scale: number) =>
    raw(
      ...['--prompt', '', '--steps', '1', '--stages', '1'],
      ...['--guidance', guidance, '--scale', `${scale}`],
    );

  test.each([
    ['pag', 'perturbed'],
    ['internal', 'auxiliary'],
  ])('%s leads away from it, s at a time', async (guidance, worse) => {
    const network = await openNetwork('tiny-words', { folders: modelFolders });
    const { shape, sigma, prompts, conditioning, classes } = network.manifest;
    const fields = arrayFields({ seeds: [0, 1], sampleSize: 3 * SIDES[0] ** 2, shape });
    const { tokens, width } = prompts!;
    const states = { text: new Float32Array(0), mask: new Float32Array(0), tokens, width };
    const asked = runConditioning({ labels: [0, 0] }, { classes, conditioning }, states);
    const x = fields.lincomb([[sigma.max, fields.noise(-1)]]).data;
    const levels = new Float32Array(2).fill(sigma.max);
    const { denoised, auxiliary } = await network.runBoth(x, levels, asked.cond);
    const other =
      worse === 'auxiliary' ? auxiliary : await network.run(x, levels, asked.perturbed!);
    await network.release();
    expect(difference(denoised, other)).toBeGreaterThan(0.01);
    for (const s of [0, 1, 3]) {
      const wanted = denoised.map((c, i) => other[i]! + s * (c - other[i]!));
      expect(difference(wanted, await estimate(guidance, s)), `s = ${s}`).toBeLessThan(1e-4);
    }
  });

  test.each([
    ['pag', 'needs a network with an input "perturb", tiny has none'],
    ['internal', 'needs a network with an output "auxiliary", tiny has none'],
  ])('%s is refused of a network without', async (guidance, message) => {
    const { code, stderr } = await inProcess(main, [
      ...['--model', 'tiny', '--guidance', guidance, '--out', 'x.png'],
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--guidance ${guidance} ${message}`);
  });

  test('a random class needs classes', async () => {
    const prompted = ['--model', 'tiny-words', '--prompt', 'owl', '--guidance', 'icg'];
    const { stderr } = await inProcess(main, [...prompted, '--out', 'x.png']);
    expect(stderr).toContain('needs a network with two or more classes, tiny-words has none');
  });
});

test('no prompt, a negative one, and two that are mixed', async () => {
  const apple = await raw('--prompt', 'a red apple', '--scale', '3');
  const none = await raw('--prompt', '', '--scale', '3');
  expect(difference(apple, none)).toBeGreaterThan(0.1);
  const away = await raw('--prompt', 'a red apple', '--scale', '3', '--negative', 'an owl');
  expect(difference(apple, away)).toBeGreaterThan(0.01);
  const mixed = (share: string) =>
    raw('--prompt', 'a red apple', '--scale', '3', '--mix', `an owl:${share}`);
  expect(difference(apple, await mixed('0'))).toBe(0);
  expect(difference(apple, await mixed('0.5'))).toBeGreaterThan(0.01);
});

test('Chinese is put into English, and what is not understood is said', async () => {
  const english = await raw('--prompt', 'red apple');
  const { raw: chinese, said } = await drawn('--prompt', '红苹果');
  expect(difference(english, chinese)).toBe(0);
  expect(said).toContain('"红苹果" is read as "red apple"');
  expect((await drawn('--prompt', 'an owl 𓀀')).said).not.toContain('read as');
  expect((await drawn('--prompt', '猫 齉')).said).toContain('Not understood: 齉');
});

test.each([
  [['--prompt', 'owl', '--stage-scale', '32=4'], '--stage-scale needs a stage of 16, got 32'],
  [['--prompt', 'owl', '--stage-scale', '4'], '--stage-scale must be SIDE=VALUE such as 32=5'],
  [['--prompt', 'owl', '--augmentation', '2'], '--augmentation must be within [0, 1], got "2"'],
  [['--prompt', 'owl', '--stages', '3'], '--stages must be at most 2 with tiny-words, got 3'],
  [['--labels', 'A'], '--labels: tiny-words has no classes'],
  [[], '--prompt: tiny-words needs one'],
])('%j is refused in one line', async (more, message) => {
  const { code, stderr } = await inProcess(main, [
    '--model',
    'tiny-words',
    ...more,
    '--out',
    'x.png',
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('a network with classes takes no prompt, and has no stages', async () => {
  const tiny = (...more: readonly string[]) =>
    inProcess(main, ['--model', 'tiny', ...more, '--out', 'x.png']);
  expect((await tiny('--prompt', 'an owl')).stderr).toContain('--prompt: tiny takes none');
  expect((await tiny('--augmentation', '0.1')).stderr).toContain(
    '--augmentation needs a cascade, got tiny',
  );
});
