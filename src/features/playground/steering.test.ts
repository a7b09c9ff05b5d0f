import { beforeEach, describe, expect, test } from 'vitest';
import { firstSeed } from '../../diffusion/random';
import { change, changeColumn, pinColumn, removeColumn, selectColumn } from '../../settings/store';
import { FakePage, settle } from './testing/fake-page';

let page: FakePage;
const steering = () => page.store.getState().steering;
const column = (index = 0) => page.store.getState().settings.columns[index]!;

beforeEach(async () => {
  page = await FakePage.ready([{ guidanceScale: 3, numSteps: 4 }, { guidanceScale: 1 }]);
  await page.finishAll();
});

describe('a steered run', () => {
  test('records the scale of each step as the column’s curve, and runs nothing again', async () => {
    page.runner.steer();
    const run = page.newest;
    expect(run.stepMs).toBe(1500);
    expect(run.settings.guidanceScale).toBe(3);
    run.step();
    page.runner.steerTo(5.123456);
    expect(steering()).toEqual({
      columnId: page.columns[0]!.id,
      guidanceScale: 5.1235, // as the address keeps it
      scales: [3],
    });
    run.step();
    page.runner.steerTo(99);
    run.step();
    await run.finish();
    expect(steering()).toBeUndefined();
    expect(column()).toMatchObject({ curve: [3, 5.1235, 15, 15], guidanceScale: 3 });
    expect(page.columns[0]).toMatchObject({ status: 'done', stale: false });
    await settle();
    expect(page.newest, 'what is shown is the curve’s').toBe(run);

    pinColumn(page.store);
    await settle();
    expect(page.newest, 'a twin takes it').toBe(run);
  });

  test('is watched from its first step', async () => {
    const { id } = page.columns[0]!;
    const before = page.trajectories.shown(id);
    page.runner.steer();
    expect(page.trajectories.shown(id), 'until then the last picture stays').toBe(before);
    page.newest.step();
    expect(page.trajectories.shown(id)).toMatchObject({ finished: false, frames: { length: 1 } });
  });

  test('begins at the column’s scale, also where a curve stands', async () => {
    changeColumn(page.store, { curve: [1, 2, 3, 4] });
    await page.finishAll();
    page.runner.steer();
    await page.newest.finish();
    expect(column().curve).toEqual([3, 3, 3, 3]);
  });

  test('waits until the run before has stopped, and begins at the scale set meanwhile', async () => {
    change(page.store, { seed: 99 });
    const before = page.newest;
    page.runner.steer();
    page.runner.steerTo(6);
    expect(before.signal.aborted).toBe(true);
    await settle();
    expect(page.newest.stepMs).toBe(1500);
    expect(page.newest.settings.guidanceScale).toBe(6);
    await page.newest.finish();
    expect(column().curve).toEqual([6, 6, 6, 6]);
    await settle();
    expect(page.newest.settings.seeds, 'then the others go on').toEqual([firstSeed(99)]);
    expect(page.newest.stepMs).toBeUndefined();
  });

  test('is no preview while its slider is held, and lets the slider go at its end', async () => {
    page.runner.steer();
    const run = page.newest;
    page.drag(true);
    page.runner.steerTo(4);
    await settle();
    expect(page.newest).toBe(run);
    expect(run.signal.aborted).toBe(false);
    await run.finish();
    expect(page.store.getState().dragging).toBe(false);
  });

  test('needs a rule with a scale', () => {
    changeColumn(page.store, { guidance: 'conditional' });
    page.runner.steer();
    expect(steering()).toBeUndefined();
  });
});

describe('giving it up', () => {
  /** What must be as before. */
  const state = () => ({
    settings: page.store.getState().settings,
    columns: page.columns,
    shown: page.trajectories.shown(page.columns[0]!.id),
  });

  test('restores the column', async () => {
    const before = state();
    page.runner.steer();
    page.newest.step();
    page.runner.steerTo(8);
    page.runner.stopSteering();
    expect(steering()).toBeUndefined();
    expect(page.newest.signal.aborted).toBe(true);
    await settle();
    expect(state()).toEqual(before);
    expect(page.runs.at(-1)?.stepMs, 'nothing is run again').toBe(1500);
    page.runner.stopSteering();
    page.runner.steerTo(2);
    expect(steering()).toBeUndefined();
  });

  test('works even where the engine has finished meanwhile', async () => {
    const before = state();
    page.runner.steer();
    const ending = page.newest.finish();
    page.runner.stopSteering();
    await ending;
    expect(state()).toEqual(before);
  });

  test.each<[string, () => void]>([
    ['the class', () => change(page.store, { subject: { kind: 'class', name: 'B' } })],
    ['the seed', () => change(page.store, { seed: 7 })],
    ['the steps', () => changeColumn(page.store, { numSteps: 8 })],
    ['the shape', () => changeColumn(page.store, { shape: 'rising' })],
    ['the rule', () => changeColumn(page.store, { guidance: 'conditional' })],
    ['the column that is edited', () => selectColumn(page.store, 1)],
    ['that there is such a column', () => removeColumn(page.store, 0)],
    ['the model', () => void page.runner.load()],
  ])('a change of %s does', async (_, act) => {
    page.runner.steer();
    const run = page.newest;
    act();
    expect(steering()).toBeUndefined();
    expect(run.signal.aborted).toBe(true);
  });

  test('what only changes the view does not', async () => {
    page.runner.steer();
    change(page.store, { position: 0.5, view: 'both', unit: 'w', theme: 'dark', language: 'zh' });
    await settle();
    expect(page.newest.signal.aborted).toBe(false);
    expect(steering()).toBeDefined();
  });

  test('so does a failure', async () => {
    page.runner.steer();
    await page.newest.fail();
    expect(steering()).toBeUndefined();
    expect(column().curve).toBeNull();
  });
});
