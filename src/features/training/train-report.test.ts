import { expect, test } from 'vitest';
import type { GaussianMixture } from '../../diffusion/worlds/analytic';
import { answerRequests, type WorkerScope } from '../../kit/worker-answers';
import type { FromWorker, ToWorker } from '../../kit/worker-messages';
import type {
  Look,
  Report,
  TrainEvent,
  TrainingSpec,
  TrainNote,
  TrainRequest,
} from './train-protocol';
import { Observer } from './train-report';
import { Trainer } from './trainer';
import { answerTraining } from './training-loop';

const MIXTURE: GaussianMixture = [
  { classLabel: 0, weight: 1, mean: [-1, -0.5], std: 0.45 },
  { classLabel: 1, weight: 1, mean: [1, 0.5], std: 0.45 },
];
const SPEC: TrainingSpec = {
  ...{ mixture: MIXTURE, pUncond: 0.5, batch: 64, steps: 600, width: 24, seed: 1 },
};
const LOOK: Look = {
  ...{ sigma: 0.5, classLabel: 0 },
  ...{ guidance: 'cfg', guidanceScale: 2, sampler: 'heun', numSteps: 12 },
};

/** A network trained for some steps, to be looked at. */
function trained(steps: number, changes: Partial<TrainingSpec> = {}) {
  const spec = { ...SPEC, ...changes };
  const trainer = new Trainer(spec);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(trainer.train());
  const observer = new Observer(trainer.network, spec);
  return { losses, see: (change: Partial<Look> = {}) => observer.see({ ...LOOK, ...change }) };
}

async function seenAfter(steps: number, changes: Partial<TrainingSpec> = {}) {
  const { losses, see } = trained(steps, changes);
  return { losses, ...(await see()) };
}

test('training brings both fields to the exact ones, and its loss to the least possible', async () => {
  const before = await seenAfter(0);
  const after = await seenAfter(600);
  expect(after.excess.cond).toBeLessThan(0.02);
  expect(after.excess.uncond).toBeLessThan(0.05);
  expect(after.errors.cond).toBeLessThan(0.01);
  expect(after.errors.uncond).toBeLessThan(0.03);
  for (const label of ['cond', 'uncond'] as const) {
    expect(before.excess[label]).toBeGreaterThan(5 * after.excess[label]);
    expect(before.errors[label]).toBeGreaterThan(5 * after.errors[label]);
  }
  const last = after.losses.slice(-100).reduce((a, b) => a + b) / 100;
  const excess = (after.excess.cond + after.excess.uncond) / 2;
  expect(Math.abs(last - after.leastLoss - excess)).toBeLessThan(0.03);
  expect(Math.abs(after.samples.spread - after.exactSamples.spread)).toBeLessThan(0.06);
});

test('without p_uncond there is no unconditional model, with all of it no conditional one', async () => {
  const none = await seenAfter(600, { pUncond: 0 });
  expect(none.excess.uncond).toBeGreaterThan(8 * none.excess.cond);
  const all = await seenAfter(600, { pUncond: 1 });
  expect(all.excess.cond).toBeGreaterThan(8 * all.excess.uncond);
});

test('exact samples are the class, closer together under guidance; all of the look counts', async () => {
  const { see } = trained(50);
  const base = await see();
  expect(base.exactSamples.recognised).toBeGreaterThan(0.97);
  for (const change of [
    { guidanceScale: 4 },
    { guidance: 'unconditional' },
    { sampler: 'ddim' },
    { numSteps: 5 },
    { classLabel: 1 },
  ]) {
    const changed = await see(change);
    expect(changed.samples.x, JSON.stringify(change)).not.toEqual(base.samples.x);
    expect(changed.exactSamples.x, JSON.stringify(change)).not.toEqual(base.exactSamples.x);
  }
  const strong = await see({ guidanceScale: 6 });
  const off = await see({ guidanceScale: 1 });
  expect(strong.exactSamples.spread).toBeLessThan(off.exactSamples.spread);
  expect((await see({ sigma: 1 })).field.cond).not.toEqual(base.field.cond);
});

test.each([
  [{ guidance: 'autoguidance' }, 'predicts cond and uncond, not "weak"'],
  [{ guidance: 'cfg-plus-plus' }, 'needs a first-order sampler'],
  [{ classLabel: 7 }, 'classLabel must be one of'],
])('refuses to look at %j', async (change, message) => {
  await expect(trained(0).see(change)).rejects.toThrow(message);
});

/** The worker's side of training, and what it posts. */
function startLoop() {
  const posted: FromWorker<never, TrainEvent>[] = [];
  const scope: WorkerScope<TrainRequest, never, TrainNote, TrainEvent> = {
    onmessage: null,
    postMessage: (message) => message.type !== 'started' && posted.push(message),
  };
  answerRequests(scope, answerTraining);
  const tell = (data: ToWorker<TrainRequest, TrainNote>) =>
    scope.onmessage?.({ data } as MessageEvent);
  const open = (id: number, spec: TrainingSpec) =>
    tell({ type: 'request', id, request: { spec, look: LOOK } });
  const note = (id: number, sent: TrainNote) => tell({ type: 'note', id, note: sent });
  const until = async (found: () => boolean) => {
    while (!found()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const events = () => posted.flatMap((m): TrainEvent[] => (m.type === 'event' ? [m.event] : []));
  const reports = () => events().flatMap((e): Report[] => (e.type === 'report' ? [e.report] : []));
  return { posted, tell, open, note, until, events, reports };
}

const LONG: TrainingSpec = { ...SPEC, steps: 1500 };

test('the loop opens paused, trains when told, pauses, goes on and finishes', async () => {
  const { open, note, until, events, reports } = startLoop();
  open(1, LONG);
  await until(() => reports().length === 1);
  expect(reports()[0]!.step).toBe(0);

  note(1, { type: 'run' });
  await until(() => reports().length === 2);
  note(1, { type: 'pause' });
  const count = reports().length;
  await until(() => reports().length > count);
  const { step } = reports().at(-1)!;
  expect(step).toBeGreaterThan(0);
  expect(step).toBeLessThan(LONG.steps);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(reports().at(-1)!.step).toBe(step);

  note(1, { type: 'look', look: { ...LOOK, sigma: 2 } });
  await until(() => reports().at(-1)!.look.sigma === 2);
  expect(reports().at(-1)!.step).toBe(step);

  note(1, { type: 'run' });
  await until(() => events().at(-1)?.type === 'finished');
  expect(reports().at(-1)!.step).toBe(LONG.steps);
  const losses = reports().flatMap((report) => [...report.losses]);
  expect(losses).toHaveLength(LONG.steps);
});

test('the loop forgets what a newer run replaces, and fails in one message', async () => {
  const { posted, tell, open, note, until, reports } = startLoop();
  open(1, LONG);
  note(1, { type: 'run' });
  tell({ type: 'abort', id: 1 });
  open(2, { ...SPEC, pUncond: 1 });
  await until(() => reports().length > 0);
  note(1, { type: 'run' }); // of no use any more
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(posted.map(({ type, id }) => `${type} ${id}`)).toEqual(['aborted 1', 'event 2']);

  note(2, { type: 'look', look: { ...LOOK, sampler: 'none' } });
  await until(() => posted.at(-1)?.type === 'failed');
  expect(posted.at(-1)).toMatchObject({ id: 2, message: expect.stringContaining('"none"') });
  open(3, { ...SPEC, batch: 0 });
  await until(() => posted.at(-1)?.id === 3);
  expect(posted.at(-1)).toMatchObject({ type: 'failed' });
});
