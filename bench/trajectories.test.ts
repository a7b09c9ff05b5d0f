import { expect, test } from 'vitest';
import { type BenchSettings, planFor, type Subject } from './settings';
import { measureTrajectories } from './trajectories';

const plan = { ...planFor(true), batches: [2], budgetMs: 0, fewestPairs: 2 };

/** 10 ms an evaluation of a row, 1 ms a step beside it; 3 kernels an evaluation. */
function fake(companions: readonly string[]) {
  let dispatches = 0;
  const asked: BenchSettings[] = [];
  const subject: Subject = {
    backend: 'webgpu',
    device: 'fake',
    numClasses: 3,
    companions,
    async run(settings) {
      asked.push(settings);
      const { seeds, numSteps, guidance } = settings;
      const evaluations = guidance === 'cfg' ? 2 : 1;
      dispatches += 3 * evaluations * numSteps;
      const networkMs = 10 * evaluations * numSteps * seeds.length;
      return { wallMs: networkMs, totalMs: networkMs + numSteps, networkMs };
    },
    runPlain: async ({ numSteps, seeds }) => 25 * numSteps * seeds.length,
    difference: async () => 0,
    counts: async () => ({ dispatches, submits: 0, readBacks: 0 }),
  };
  return { subject, asked };
}

test('the network, its students, the plain loop and an earlier engine, as ratios of one run', async () => {
  const { subject, asked } = fake(['distilled', 'fast', 'features']);
  const before = { run: async () => ({ wallMs: 0, totalMs: 16 * 41 * 2, networkMs: 0 }) };
  const costs = await measureTrajectories(subject, plan, before, () => {});
  expect(costs.map(({ by, rule, numSteps }) => `${by} ${rule} ${numSteps}`)).toEqual([
    ...[4, 8, 16].map((steps) => `engine cfg ${steps}`),
    ...[4, 8, 16].map((steps) => `engine distilled ${steps}`),
    'engine fast 2',
    'plain loop cfg 16',
    'engine before cfg 16',
  ]);
  const find = (name: string) => costs.find(({ by, rule }) => `${by} ${rule}` === name)!;
  const cfg = costs.findLast(({ by, rule }) => by === 'engine' && rule === 'cfg')!;
  expect(cfg.msPerStep).toBeCloseTo(41);
  expect(cfg.perSecond).toBeCloseTo((2 * 1000) / (16 * 41));
  expect(cfg.outsideShare).toBeCloseTo(1 / 41);
  expect(cfg.onDevice?.dispatches).toBeCloseTo(6);
  expect(cfg.overLongest.median).toBe(1);
  expect(find('engine fast').onDevice?.dispatches).toBeCloseTo(3);
  expect(find('engine fast').overLongest.median).toBeCloseTo((2 * 21) / (16 * 41));
  expect(find('plain loop cfg').overLongest.median).toBeCloseTo((16 * 50) / (16 * 41));
  expect(find('engine before cfg').overLongest.median).toBeCloseTo(2);
  // The student of few steps on the noise levels that it learnt.
  expect(asked.find(({ guidance }) => guidance === 'fast')?.schedule).toBe('karras-open');
});

test('a network without students is measured alone', async () => {
  const { subject } = fake(['features']);
  const costs = await measureTrajectories(subject, plan, undefined, () => {});
  expect(new Set(costs.map(({ rule }) => rule))).toEqual(new Set(['cfg']));
});
