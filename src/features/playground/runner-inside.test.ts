import { beforeEach, describe, expect, test } from 'vitest';
import { change, pinColumn } from '../../settings/store';
import { FakePage, loaded, settle } from './testing/fake-page';

let page: FakePage;
const asked = () => page.runs.map(({ inside }) => inside);

describe('what the guidance does inside', () => {
  beforeEach(async () => {
    page = await FakePage.ready([{ guidanceScale: 3 }]);
    await page.finishAll();
  });

  test('is recorded once the panel is open, in another run of what is shown', async () => {
    expect(asked()).toEqual([undefined]);
    const before = page.trajectories.shown(page.columns[0]!.id);
    change(page.store, { inside: true });
    expect(page.trajectories.shown(page.columns[0]!.id)).toBe(before);
    await page.finishAll();
    expect(asked()).toEqual([undefined, { gradient: false }]);
    expect(page.newest.settings).toEqual(page.runs[0]!.settings);
    expect(page.trajectories.shown(page.columns[0]!.id)).not.toBe(before);
  });

  test('a run that has recorded it serves when the panel is closed, opened and pinned', async () => {
    change(page.store, { inside: true });
    await page.finishAll();
    change(page.store, { inside: false });
    change(page.store, { inside: true });
    pinColumn(page.store);
    await settle();
    expect(page.runs).toHaveLength(2);
    expect(page.statuses).toEqual(['done', 'done']);
  });

  test('the explicit gradient is asked of models with a noisy classifier', async () => {
    change(page.store, { inside: true, gradient: true });
    await page.finishAll();
    expect(asked().slice(1)).toEqual([{ gradient: false }]);
    const companions = { classifier: 'noisy' };
    page.runner.ready({ ...loaded, manifest: { ...loaded.manifest, companions } });
    await page.finishAll();
    expect(asked().slice(2)).toEqual([{ gradient: true }]);
    change(page.store, { gradient: false });
    await settle();
    expect(page.runs, 'who has seen more serves for less').toHaveLength(3);
  });

  test('a run under way that does not record is stopped for one that does', async () => {
    page.scale(5);
    const blind = page.newest;
    change(page.store, { inside: true });
    await settle();
    expect(blind.signal.aborted).toBe(true);
    expect(page.newest.inside).toEqual({ gradient: false });
  });
});
