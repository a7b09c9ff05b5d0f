import { describe, expect, test } from 'vitest';
import { changeColumn } from '../../settings/store';
import { FakePage, loaded, settle } from '../playground/testing/fake-page';
import { exportPage } from './export';
import { restoreFrom } from './restore';

/** What the page would export now, as a file of the file system. */
function exported(page: FakePage, changes: Record<string, unknown> = {}) {
  const { settings, columns, grid } = page.store.getState();
  const manifest = { ...loaded.manifest, title: 'Fake', files: [] };
  const json = exportPage({
    settings,
    columns,
    grid,
    manifest,
    info: loaded.info,
    link: '',
    date: new Date(0),
  });
  return file(JSON.stringify({ ...json, ...changes }));
}

const file = (text: string, size = text.length) => ({
  name: 'page.json',
  size,
  text: () => Promise.resolve(text),
});

/** A page whose manifest has files, as real ones have. */
async function ready(): Promise<FakePage> {
  const page = new FakePage([{ guidanceScale: 1 }, { guidanceScale: 3 }]);
  const loading = page.runner.load();
  const manifest = { ...loaded.manifest, title: 'Fake', files: [] };
  page.loads[0]?.resolve({ ...loaded, manifest });
  await loading;
  return page;
}

const on = ({ store, runner }: FakePage) => ({ store, runner, pages: ['playground', 'plane'] });

describe('restoring a page from a file', () => {
  test('refuses a file of a page that there is not, and changes nothing', async () => {
    const page = await ready();
    const before = page.store.getState().settings;
    await restoreFrom(exported(page, { query: 'page=moon' }), on(page));
    expect(page.store.getState().settings).toBe(before);
    const reason = 'page.json: page must be one of playground, plane, got "moon"';
    expect(page.store.getState().notice).toEqual({ kind: 'unreadable', reason });
    await restoreFrom(exported(page, { query: 'page=plane' }), on(page));
    expect(page.store.getState().settings.page).toBe('plane');
  });

  test('brings the settings back and runs them, without loading the model again', async () => {
    const page = await ready();
    await page.finishAll();
    const before = page.store.getState().settings;
    const saved = exported(page);
    changeColumn(page.store, { guidanceScale: 9 });
    await page.finishAll();
    await restoreFrom(saved, on(page));
    await page.finishAll();
    expect(page.store.getState().settings).toEqual(before);
    expect(page.statuses).toEqual(['done', 'done']);
    expect(page.loads).toHaveLength(1);
    const notice = { kind: 'restored', file: 'page.json', changed: false };
    expect(page.store.getState().notice).toEqual(notice);
  });

  test('of another model loads it first, and runs nothing on the one before', async () => {
    const page = await ready();
    await page.finishAll();
    const runs = page.runs.length;
    const model = { id: 'other', title: 'Other', files: [{ name: 'm', bytes: 1, sha256: 'a' }] };
    const restoring = restoreFrom(exported(page, { model }), on(page));
    await settle();
    expect(page.store.getState().settings.model).toBe('other');
    expect(page.store.getState().engine.status).toBe('loading');
    expect(page.runs).toHaveLength(runs);
    const files = [{ name: 'm', bytes: 1, sha256: 'b' }];
    page.loads[1]?.resolve({ ...loaded, manifest: { ...loaded.manifest, id: 'other', files } });
    await restoring;
    expect(page.store.getState().notice).toMatchObject({ kind: 'restored', changed: true });
  });

  test('says what the model does not know', async () => {
    const page = await ready();
    await restoreFrom(exported(page, { query: 'draw=class:Z' }), on(page));
    const pieces = [{ key: 'draw', text: 'Z' }];
    expect(page.store.getState().notice).toEqual({ kind: 'misread', pieces });
    expect(page.store.getState().settings.subject).toEqual({ kind: 'class', name: 'A' });
  });

  test.each([
    ['is no export', file('{}'), 'page.json must be a page exported here'],
    ['is far too large', file('', 5e6), 'page.json must be an export of at most 4 MB, got 5.0 MB'],
    ['cannot be read', { ...file(''), text: () => Promise.reject(new Error('gone')) }, 'gone'],
  ])('changes nothing where the file %s', async (_, bad, reason) => {
    const page = await ready();
    const { settings } = page.store.getState();
    await restoreFrom(bad, on(page));
    expect(page.store.getState().settings).toBe(settings);
    const { notice } = page.store.getState();
    expect(notice).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(reason) });
  });
});
