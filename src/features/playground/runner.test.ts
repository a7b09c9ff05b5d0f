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

  test('a slow run is begun anew at every movement, in full: nobody sees fewer steps', async () => {
    await page.newest.finish(5);
    page.drag(true);
    changeColumn(page.store, { numSteps: 90 });
    const first = page.newest;
    expect(first.settings.numSteps).toBe(90);
    changeColumn(page.store, { numSteps: 80 });
    await settle();
    expect(first.signal.aborted).toBe(true);
    expect(page.newest.settings.numSteps).toBe(80);
    page.drag(false);
    await settle();
    expect(page.newest.signal.aborted, 'it goes on after the release').toBe(false);
    await page.newest.finish(5);
    expect(page.runs).toHaveLength(3);
  });

  test('a quick run is let finish however often the slider moves, then the newest runs', async () => {
    await page.newest.finish(0.01);
    page.drag(true);
    page.scale(4);
    const quick = page.newest;
    for (const value of [5, 6, 7, 8]) page.scale(value);
    await settle();
    expect(page.newest).toBe(quick);
    expect(quick.signal.aborted).toBe(false);
    await quick.finish(0.01);
    expect(page.scales).toEqual([3, 4, 8]);
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
    expect(page.columns[0]).toMatchObject({ status: 'done', stale: false });
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

describe('what a column shows', () => {
  const shown = () => page.trajectories.shown(page.columns[0]!.id);

  beforeEach(async () => {
    page = await FakePage.ready([{ guidanceScale: 3 }]);
    await page.newest.finish();
  });

  test('is stale and without figures from the change of its settings on, until the run is seen', () => {
    const before = shown();
    expect(page.columns[0]).toMatchObject({ stale: false, verdicts: { classAccuracy: 0.03 } });
    page.scale(5);
    expect(page.columns[0]).toMatchObject({ stale: true, figures: undefined, verdicts: undefined });
    expect(shown()).toBe(before);
    page.newest.step();
    expect(page.columns[0]).toMatchObject({ stale: false, status: 'running', figures: undefined });
    expect(shown()).not.toBe(before);
    expect(shown()?.frames).toHaveLength(1);
  });

  test('is not dimmed again while its own run streams, whatever else is changed', () => {
    page.scale(5);
    page.newest.step();
    change(page.store, { position: 0.5, view: 'noisy', picked: 1 });
    expect(page.columns[0]).toMatchObject({ stale: false, status: 'running' });
  });

  test('is stale in the columns that wait for their turn, too', async () => {
    pinColumn(page.store);
    await settle();
    change(page.store, { seed: 7 });
    expect(page.columns.map(({ stale }) => stale)).toEqual([true, true]);
    expect(page.statuses, 'nobody takes it for settled').not.toContain('done');
    expect(page.columns.map(({ verdicts }) => verdicts)).toEqual([undefined, undefined]);
  });

  test('stays stale when its run is stopped for another one, and is itself again on the way back', async () => {
    const before = shown();
    page.scale(5);
    page.newest.step();
    page.scale(6);
    await settle();
    expect(page.columns[0]).toMatchObject({ stale: true });
    expect(shown()).toBe(before);
    page.scale(3);
    await settle();
    expect(page.columns[0]).toMatchObject({ stale: false, verdicts: { classAccuracy: 0.03 } });
    expect(shown()).toBe(before);
  });

  test('has no figures after a run that failed', async () => {
    page.scale(5);
    await page.newest.fail();
    expect(page.columns[0]).toMatchObject({ status: 'failed', stale: true, verdicts: undefined });
  });
});
