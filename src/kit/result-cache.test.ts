import { describe, expect, test } from 'vitest';
import { FakePage, settle } from '../features/playground/testing/fake-page';
import { change, changeColumn } from '../settings/store';
import { type Result, ResultCache } from './result-cache';

/** A result of this many bytes. */
const result = (bytes: number) =>
  ({
    trajectory: {
      frames: [
        {
          x: new Uint8Array(bytes / 2),
          denoised: new Uint8Array(bytes / 4),
          outside: new Int8Array(0),
        },
      ],
    },
    done: { samples: { byteLength: bytes / 4 } },
  }) as unknown as Result;

describe('the cache', () => {
  test('forgets what was not asked for longest, by its bytes', () => {
    const cache = new ResultCache(100);
    const [a, b, c] = [result(40), result(40), result(40)];
    cache.put('a', a);
    cache.put('b', b);
    expect(cache.get('a')).toBe(a);
    cache.put('c', c);
    expect(cache.get('b')).toBeUndefined();
    expect([cache.get('a'), cache.get('c')]).toEqual([a, c]);
  });

  test('counts what is replaced once, and nothing after it is emptied', () => {
    const cache = new ResultCache(100);
    for (let i = 0; i < 5; i++) cache.put('a', result(60));
    cache.put('b', result(40));
    expect(cache.get('a')).toBeDefined();
    cache.clear();
    expect(cache.get('a')).toBeUndefined();
    cache.put('c', result(100));
    expect(cache.get('c')).toBeDefined();
  });

  test('keeps nothing larger than itself', () => {
    const cache = new ResultCache(100);
    cache.put('a', result(104));
    expect(cache.get('a')).toBeUndefined();
  });
});

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
