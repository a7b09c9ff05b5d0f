import { describe, expect, test } from 'vitest';
import { change, changeColumn } from '../../settings/store';
import { FakePage, settle } from './testing/fake-page';

describe('columns', () => {
  test('take the pictures that they had before, without a run', async () => {
    const page = await FakePage.ready([{ guidanceScale: 3 }]);
    await page.newest.finish();
    const before = page.trajectories.shown(page.columns[0]!.id);
    const { figures } = page.columns[0]!;
    page.scale(5);
    await page.newest.finish();
    page.scale(3);
    await settle();
    expect(page.scales).toEqual([3, 5]);
    expect(page.trajectories.shown(page.columns[0]!.id)).toBe(before);
    expect(page.columns[0]).toMatchObject({ status: 'done', figures });
  });

  test('take no preview for it, and run again on demand or with another model', async () => {
    const page = await FakePage.ready([{ guidanceScale: 3, numSteps: 100, sampler: 'ddim' }]);
    await page.newest.finish(5);
    page.drag(true);
    page.scale(4);
    await page.newest.finish(5);
    page.drag(false);
    await page.newest.finish(5);
    expect(page.runs.map(({ settings }) => settings.numSteps)).toEqual([100, 15, 100]);
    page.drag(true);
    page.scale(3);
    await settle();
    expect(page.columns[0], 'a full run is better than a preview').toMatchObject({
      status: 'done',
      preview: false,
    });
    page.drag(false);
    await settle();
    expect(page.runs).toHaveLength(3);
    page.runner.repeat();
    await page.newest.finish();
    expect(page.runs).toHaveLength(4);
    changeColumn(page.store, { guidanceScale: 4 });
    await settle();
    expect(page.runs).toHaveLength(5);
  });

  test('whose picture is found again stop the run that it makes needless', async () => {
    const page = await FakePage.ready([{}]);
    await page.newest.finish();
    change(page.store, { seed: 7 });
    change(page.store, { seed: 42 });
    await settle();
    expect(page.newest.signal.aborted).toBe(true);
    expect(page.statuses).toEqual(['done']);
  });
});
