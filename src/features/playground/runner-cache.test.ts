import { describe, expect, test } from 'vitest';
import { change } from '../../settings/store';
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

  test('run again on demand', async () => {
    const page = await FakePage.ready([{ guidanceScale: 3 }]);
    await page.newest.finish();
    page.runner.repeat();
    await settle();
    expect(page.runs).toHaveLength(2);
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
