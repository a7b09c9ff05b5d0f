import { beforeEach, describe, expect, test } from 'vitest';
import { firstSeed } from '../../diffusion/random';
import { change, changeColumn, pinColumn, removeColumn, selectColumn } from '../../settings/store';
import { FakePage, settle } from './testing/fake-page';

let page: FakePage;

describe('columns', () => {
  beforeEach(async () => {
    page = await FakePage.ready(
      [{ guidanceScale: 1 }, { guidanceScale: 3 }, { guidanceScale: 8 }],
      1,
    );
  });

  test('run one at a time, the active one first, each once', async () => {
    expect(page.scales).toEqual([3]);
    await page.runs[0]!.finish();
    expect(page.scales).toEqual([3, 1]);
    expect(page.statuses).toEqual(['running', 'done', 'waiting']);
    await page.finishAll();
    expect(page.scales).toEqual([3, 1, 8]);
    expect(page.statuses).toEqual(['done', 'done', 'done']);
    expect(page.runs.every(({ judge }) => judge)).toBe(true);
    expect(new Set(page.runs.map(({ settings }) => settings.seeds[0])).size).toBe(1);
  });

  test('only the one that changed runs again; the seed changes all', async () => {
    await page.finishAll();
    page.scale(5);
    await page.finishAll();
    expect(page.scales).toEqual([3, 1, 8, 5]);
    change(page.store, { seed: 99 });
    await page.finishAll();
    expect(page.scales).toEqual([3, 1, 8, 5, 5, 1, 8]);
    change(page.store, { view: 'noisy', position: 0.5 });
    selectColumn(page.store, 2);
    await settle();
    expect(page.runs).toHaveLength(7);
  });

  test('a twin takes the pictures of the other without a run', async () => {
    await page.finishAll();
    pinColumn(page.store);
    await settle();
    expect(page.runs).toHaveLength(3);
    const [, left, right] = page.columns;
    expect(page.trajectories.shown(right!.id)).toBe(page.trajectories.shown(left!.id));
    expect(right).toMatchObject({ status: 'done', figures: left!.figures });
  });

  test('a column that becomes a twin while it runs is done, not waiting for ever', async () => {
    await page.runs[0]!.finish();
    selectColumn(page.store, 0);
    page.scale(3);
    await settle();
    expect(page.runs[1]!.signal.aborted).toBe(true);
    await page.finishAll();
    expect(page.statuses).toEqual(['done', 'done', 'done']);
    expect(page.scales).toEqual([3, 1, 8]);
  });

  test('a run that nobody wants any more is stopped', async () => {
    page.scale(4);
    await settle();
    expect(page.runs[0]!.signal.aborted).toBe(true);
    expect(page.scales).toEqual([3, 4]);
    expect(page.newest.signal.aborted).toBe(false);
  });

  test('a removed column is forgotten, its run stopped', async () => {
    await page.finishAll();
    const { id } = page.columns[1]!;
    page.scale(6);
    removeColumn(page.store, 1);
    await settle();
    expect(page.newest.signal.aborted).toBe(true);
    expect(page.trajectories.shown(id)).toBeUndefined();
    expect(page.statuses).toEqual(['done', 'done']);
  });
});

describe('dragging', () => {
  beforeEach(async () => {
    page = await FakePage.ready([{ guidanceScale: 3, numSteps: 100, sampler: 'ddim' }]);
  });

  test('previews have as many steps as fit 150 ms at the measured speed', async () => {
    await page.newest.finish(5); // 5 ms an evaluation, two a step: 15 steps
    page.drag(true);
    page.scale(4);
    expect(page.newest).toMatchObject({ judge: false });
    expect(page.newest.settings.numSteps).toBe(15);
    await page.newest.finish(25);
    expect(page.columns[0]).toMatchObject({ status: 'done', preview: true });
    expect(page.runs, 'a slider that rests runs nothing anew').toHaveLength(2);
    page.scale(5);
    expect(page.newest.settings.numSteps).toBe(3);
    await page.newest.finish(1000);
    page.scale(6);
    expect(page.newest.settings.numSteps, 'never fewer than two').toBe(2);
  });

  test.each([
    ['conditional', 30],
    ['cfg-plus-plus', 15],
  ])('a preview of %s counts the predictions that it needs', async (guidance, steps) => {
    page = await FakePage.ready([{ guidance, numSteps: 100, sampler: 'ddim' }]);
    await page.newest.finish(5);
    page.drag(true);
    changeColumn(page.store, { numSteps: 99 });
    expect(page.newest.settings.numSteps).toBe(steps);
  });

  test('a preview is let finish however often the slider moves, then the newest runs', async () => {
    await page.newest.finish(5);
    page.drag(true);
    page.scale(4);
    const preview = page.newest;
    for (const value of [5, 6, 7, 8]) page.scale(value);
    await settle();
    expect(page.newest).toBe(preview);
    expect(preview.signal.aborted).toBe(false);
    await preview.finish(5);
    expect(page.newest.settings.guidanceScale).toBe(8);
    expect(page.scales).not.toContain(6);
  });

  test('nor does a run starve that is quick enough for all its steps', async () => {
    await page.newest.finish(0.01);
    page.drag(true);
    page.scale(4);
    const whole = page.newest;
    expect(whole.settings.numSteps).toBe(100);
    page.scale(5);
    await settle();
    expect(whole.signal.aborted).toBe(false);
    await whole.finish(0.01);
    expect(page.newest.settings.guidanceScale).toBe(5);
  });

  test('on release the preview is stopped and the full run follows, judged', async () => {
    await page.newest.finish(5);
    page.drag(true);
    page.scale(4);
    const preview = page.newest;
    page.drag(false);
    await settle();
    expect(preview.signal.aborted).toBe(true);
    expect(page.newest).toMatchObject({ judge: true });
    expect(page.newest.settings).toMatchObject({ numSteps: 100, guidanceScale: 4 });
    await page.newest.finish(5);
    expect(page.columns[0]).toMatchObject({ status: 'done', preview: false });
  });

  test('a preview is nobody’s twin: the same steps in full are run and judged', async () => {
    await page.newest.finish(5);
    pinColumn(page.store);
    selectColumn(page.store, 0);
    page.drag(true);
    page.scale(4);
    await page.newest.finish(5);
    const { numSteps } = page.newest.settings;
    page.drag(false);
    selectColumn(page.store, 1);
    changeColumn(page.store, { guidanceScale: 4, numSteps });
    await settle();
    await page.newest.finish(5);
    const full = page.runs.filter((run) => run.judge && run.settings.numSteps === numSteps);
    expect(full).toHaveLength(1);
  });

  test('a slider that is only touched runs nothing, and stops nothing', async () => {
    page.drag(true);
    await settle();
    expect(page.newest.signal.aborted).toBe(false);
    await page.newest.finish(5);
    page.drag(false);
    page.drag(true);
    await settle();
    expect(page.runs).toHaveLength(1);
    expect(page.columns[0]).toMatchObject({ status: 'done', preview: false });
  });

  test('other columns wait for the release', async () => {
    await page.newest.finish(5);
    pinColumn(page.store);
    page.drag(true);
    change(page.store, { seed: 99 });
    await page.newest.finish(5);
    const soFar = page.runs.length;
    await settle();
    expect(page.runs).toHaveLength(soFar);
    page.drag(false);
    await settle();
    await page.newest.finish(5);
    expect(page.newest.settings).toMatchObject({ numSteps: 100, seeds: [firstSeed(99)] });
  });
});
