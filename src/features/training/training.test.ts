import { describe, expect, test } from 'vitest';
import { DEFAULT_PLANE } from '../../kit/plane/settings';
import { samplersFor } from '../../settings/column';
import { FIRST_VISIT } from '../../settings/settings';
import { trainingCsv, trainingJson } from './files';
import { TrainingRun } from './run';
import {
  consistentTraining,
  DEFAULT_TRAINING,
  lookOf,
  readTraining,
  specOf,
  TRAINING_CHOICES,
  writeTraining,
} from './settings';
import type { TrainFailure } from './train-client';
import type { Look, Report, TrainEvent, TrainingSpec } from './train-protocol';

describe('the address', () => {
  test('holds what differs from the default', () => {
    const training = { ...DEFAULT_TRAINING, pUncond: 0.5, guidance: 'apg', numSteps: 8 };
    expect(writeTraining(training)).toBe('p:0.5,rule:apg,n:8');
    expect(readTraining('p:0.5,rule:apg,n:8')).toEqual(training);
    expect(readTraining('')).toEqual(DEFAULT_TRAINING);
  });

  test.each(['p:2', 'p:', 'batch:100', 'steps:1', 'steps:700.5', 'rule:autoguidance', 'x:1', 'p'])(
    'refuses "%s"',
    (raw) => expect(readTraining(raw)).toBeUndefined(),
  );
});

test('only rules are offered that one network can serve, with samplers that they can work with', () => {
  const ids = TRAINING_CHOICES.guidance.map(({ id }) => id);
  expect(ids).toContain('cfg');
  for (const absent of ['autoguidance', 'classifier', 'fdg', 'rescale']) {
    expect(ids).not.toContain(absent);
  }
  expect(samplersFor('cfg-plus-plus').every(({ firstOrder }) => firstOrder)).toBe(true);
  const heun = { ...DEFAULT_TRAINING, guidance: 'cfg-plus-plus', sampler: 'heun' };
  expect(consistentTraining(heun).sampler).toBe('ddim');
  expect(readTraining('rule:cfg-plus-plus,sampler:heun')?.sampler).toBe('ddim');
});

/** A run whose worker is played by the test. */
function startRun() {
  const calls: string[] = [];
  let tell: (event: TrainEvent | TrainFailure) => void = () => {};
  const run = new TrainingRun((onEvent) => {
    tell = onEvent;
    return {
      open: (spec: TrainingSpec) => calls.push(`open ${spec.pUncond}`),
      run: () => calls.push('run'),
      pause: () => calls.push('pause'),
      look: (look: Look) => calls.push(`look ${look.sigma}`),
    };
  });
  const set = (changes = {}) => {
    const training = { ...DEFAULT_TRAINING, ...changes };
    run.set(specOf(training, DEFAULT_PLANE), lookOf(training, DEFAULT_PLANE));
  };
  const report = (step: number, losses: number[] = []) => {
    const seen = { step, losses: Float32Array.from(losses), excess: { cond: 2, uncond: 3 } };
    tell({ type: 'report', report: seen as unknown as Report });
  };
  const taken = () => calls.splice(0);
  return { run, set, report, taken, tell: (event: TrainEvent | TrainFailure) => tell(event) };
}

describe('a run', () => {
  test('opens once, shows another look of the same network, and trains when told', () => {
    const { run, set, report, taken } = startRun();
    set();
    set();
    expect(taken()).toEqual(['open 0.2']);
    expect(run.store.getState().status).toBe('opening');
    report(0);
    expect(run.store.getState().status).toBe('paused');
    set({ sigma: 2 });
    expect(taken()).toEqual(['look 2']);
    run.run();
    report(60, Array(60).fill(2));
    report(60);
    report(100, Array(40).fill(4)); // 4000 steps: bins of 40
    const { status, losses, excess } = run.store.getState();
    expect(status).toBe('running');
    expect(losses).toEqual([
      { step: 40, loss: 2 },
      { step: 80, loss: 3 },
    ]);
    expect(excess).toEqual([0, 60, 100].map((step) => ({ step, cond: 2, uncond: 3 })));
    run.pause();
    expect(taken()).toEqual(['run', 'pause']);
    expect(run.store.getState().status).toBe('paused');
  });

  test('that was begun begins again with other settings, one that was not waits', () => {
    const { run, set, report, taken } = startRun();
    set();
    report(0);
    set({ pUncond: 0 });
    expect(taken()).toEqual(['open 0.2', 'open 0']);
    report(0);
    run.run();
    report(9, [1]);
    set({ pUncond: 1 });
    expect(taken()).toEqual(['run', 'open 1', 'run']);
    expect(run.store.getState()).toMatchObject({ status: 'running', losses: [], excess: [] });
  });

  test('that finished or failed can be had again', () => {
    const { run, set, report, taken, tell } = startRun();
    set();
    report(0);
    run.run();
    tell({ type: 'finished' });
    expect(run.store.getState().status).toBe('finished');
    run.restart(specOf(DEFAULT_TRAINING, DEFAULT_PLANE), lookOf(DEFAULT_TRAINING, DEFAULT_PLANE));
    expect(taken()).toEqual(['open 0.2', 'run', 'open 0.2', 'run']);
    tell({ type: 'failed', message: 'out of memory' });
    expect(run.store.getState()).toMatchObject({ status: 'failed', message: 'out of memory' });
    set({ sigma: 3 });
    expect(taken()).toEqual(['open 0.2']);
  });

  test('rests while another page is shown, and goes on where it was', () => {
    const { run, set, report, taken } = startRun();
    set();
    report(0);
    run.rest();
    expect(taken()).toEqual(['open 0.2']);
    run.run();
    report(30);
    run.rest();
    expect(taken()).toEqual(['run', 'pause']);
    expect(run.store.getState().status).toBe('paused');
    set();
    run.run();
    expect(taken()).toEqual(['run']);
    expect(run.store.getState().report?.step).toBe(30);
  });
});

test('the curves as files hold every point, and what they depend on', () => {
  const curves = {
    losses: [{ step: 40, loss: 0.75 }],
    excess: [{ step: 0, cond: 0.25, uncond: 0.5 }],
    report: { leastLoss: 0.7 } as Report,
  };
  expect(trainingCsv(curves)).toBe(
    'curve,step,value\nloss,40,0.75\nexcess_c,0,0.25\nexcess_u,0,0.5\n',
  );
  expect(JSON.parse(trainingJson(curves, FIRST_VISIT))).toMatchObject({
    settings: { pUncond: 0.2, steps: 4000 },
    data: DEFAULT_PLANE.components,
    leastLoss: 0.7,
    ...{ losses: curves.losses, excess: curves.excess },
  });
});
