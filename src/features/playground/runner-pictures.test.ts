import { beforeEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../engine/client';
import { frameAt } from '../../kit/trajectories';
import { change } from '../../settings/store';
import { FakePage, loaded, settle } from './testing/fake-page';

let page: FakePage;

describe('pictures', () => {
  beforeEach(async () => {
    page = await FakePage.ready([{ numSteps: 4 }]);
  });
  const shown = () => page.trajectories.shown(page.columns[0]!.id);

  test('the first run is watched as it grows', async () => {
    page.runs[0]!.step();
    expect(shown()).toMatchObject({ finished: false });
    expect(frameAt(shown()!, 1)?.step).toBe(0);
    await page.runs[0]!.finish();
    expect(shown()).toMatchObject({ finished: true, names: ['A'] });
    expect(shown()!.frames).toHaveLength(5);
    expect([0, 0.25, 0.6, 1].map((at) => frameAt(shown()!, at)?.step)).toEqual([0, 1, 2, 4]);
  });

  test('another class is watched from its noise on; stopped, the last finished one is back', async () => {
    await page.runs[0]!.finish();
    const before = shown();
    change(page.store, { subject: { kind: 'class', name: 'B' } });
    page.newest.step();
    expect(shown()).toMatchObject({ finished: false, names: ['B'] });
    change(page.store, { subject: { kind: 'class', name: 'A' } });
    await settle();
    expect(shown()).toBe(before);
    expect(page.statuses).toEqual(['done']);
  });
});

describe('failures', () => {
  test('are shown, not tried again by themselves, and repeated on demand', async () => {
    page = await FakePage.ready([{}]);
    await page.newest.fail();
    expect(page.columns[0]).toMatchObject({
      status: 'failed',
      message: 'out of memory',
    });
    change(page.store, { view: 'noisy' });
    await settle();
    expect(page.runs).toHaveLength(1);
    expect(page.disposed).toBe(0);
    page.runner.repeat();
    expect(page.runs).toHaveLength(2);
    expect(page.disposed, 'another worker draws it').toBe(1);
    await page.newest.finish();
    expect(page.columns[0]).toMatchObject({ status: 'done', message: undefined });
  });

  test('of a cascade the stages that this run has finished stay, in place of older pictures', async () => {
    page = await FakePage.readyCascade([{ numSteps: 2 }]);
    const shown = () => page.trajectories.shown(page.columns[0]!.id);
    await page.newest.finish();
    const before = shown();
    page.scale(5);
    // Two steps of the first stage, what it has drawn, and a step of the second.
    for (let k = 0; k < 4; k++) page.newest.step();
    await page.newest.fail();
    const column = page.columns[0];
    expect(column).toMatchObject({ status: 'failed', stale: false, step: 2, lastStep: 2 });
    expect(column).toMatchObject({ figures: undefined, verdicts: undefined });
    expect(shown()).toMatchObject({ finished: true, lastStep: 2, shape: [1, 8, 8] });
    expect(shown()?.frames).toHaveLength(3);
    // A run that finished no stage leaves what was there, and says that it is not its own.
    page.scale(6);
    page.newest.step();
    await page.newest.fail();
    expect(page.columns[0]).toMatchObject({ status: 'failed', stale: true });
    expect(shown()?.frames).toHaveLength(3);
    page.runner.repeat();
    await page.newest.finish();
    expect(page.columns[0]).toMatchObject({ status: 'done', stale: false, lastStep: 9 });
    expect(shown()?.shape).toEqual([1, 32, 32]);
    expect(shown()).not.toBe(before);
  });

  test('one column’s failure does not keep the next from running', async () => {
    page = await FakePage.ready([{ guidanceScale: 1 }, { guidanceScale: 3 }]);
    await page.newest.fail();
    await page.newest.finish();
    expect(page.statuses).toEqual(['failed', 'done']);
  });

  test('a model that cannot be loaded says why, and loading again works', async () => {
    page = await FakePage.ready([{}]);
    const again = page.runner.load();
    expect(page.store.getState().engine.status).toBe('loading');
    page.loads.at(-1)?.reject(new EngineError('missing-file', 'models/tiny/model.onnx is missing'));
    await again;
    expect(page.store.getState().engine).toEqual({
      status: 'failed',
      kind: 'missing-file',
      message: 'models/tiny/model.onnx is missing',
    });
    const retry = page.runner.load();
    page.loads.at(-1)?.resolve(loaded);
    await retry;
    expect(page.store.getState().engine.status).toBe('ready');
    expect(page.newest.signal.aborted).toBe(false);
  });

  test('a class that the model does not know becomes its first', async () => {
    page = await FakePage.ready([{}]);
    change(page.store, { subject: { kind: 'each', names: ['A', 'X', 'B'] } });
    page.runner.ready(loaded);
    expect(page.store.getState().settings.subject).toEqual({ kind: 'each', names: ['A', 'B'] });
    change(page.store, { subject: { kind: 'class', name: 'X' } });
    page.runner.ready(loaded);
    expect(page.store.getState().settings.subject).toEqual({ kind: 'class', name: 'A' });
  });
});
