import { beforeEach, describe, expect, test } from 'vitest';
import { firstSeed, pageSeedOf } from '../../diffusion/random';
import { coarseToFine } from '../../kit/coarse-to-fine';
import { frameAt } from '../../kit/trajectories';
import { LIMITS } from '../../settings/column';
import type { Axis } from '../../settings/settings';
import { change, changeColumn } from '../../settings/store';
import { FakePage, loaded, settle } from '../playground/testing/fake-page';

const SCALES: Axis = { key: 'scale', values: ['2', '4', '6'] };
const SEEDS: Axis = { key: 'seed', values: ['7', '8', '9'] };
const axis = (key: string, ...values: string[]): Axis => ({ key, values });

let page: FakePage;

const cells = () => page.store.getState().grid.cells;
const statuses = () => cells().map(({ status }) => status);
const done = () => statuses().filter((status) => status === 'done').length;
/** [scale, seed] of each run. */
const ran = () =>
  page.runs.map(({ settings }) => [settings.guidanceScale, pageSeedOf(settings.seeds[0]!)]);
const showGrid = (gridRows = SCALES, gridColumns = SEEDS) =>
  change(page.store, { layout: 'grid', gridRows, gridColumns });
const finishAll = async () => {
  await settle();
  while (!page.newest.signal.aborted && statuses().includes('running')) await page.newest.finish();
};

beforeEach(async () => {
  page = await FakePage.ready([{ guidanceScale: 1, numSteps: 4 }]);
  await page.newest.finish();
  page.runs.splice(0);
});

describe('filling', () => {
  test('one cell after the other, from coarse to fine, each judged once', async () => {
    showGrid();
    expect(page.runs).toHaveLength(1);
    expect(statuses().filter((status) => status === 'running')).toHaveLength(1);
    await finishAll();
    expect(done()).toBe(9);
    const order = coarseToFine(3, 3).map((i) => [2 + 2 * Math.floor(i / 3), 7 + (i % 3)]);
    expect(ran()).toEqual(order);
    expect(page.runs.every(({ judge }) => judge)).toBe(true);
    expect(cells()[0]?.figures?.nfe).toBe(8);
    await settle();
    expect(page.runs).toHaveLength(9);
  });

  test('the columns stand still meanwhile, and go on afterwards: one request at a time', async () => {
    change(page.store, { seed: 1 });
    const column = page.newest;
    showGrid();
    await settle();
    expect(column.signal.aborted).toBe(true);
    expect(page.runs.filter(({ signal }) => !signal.aborted)).toHaveLength(1);
    change(page.store, { layout: 'columns' });
    await settle();
    expect(page.runs[1]!.signal.aborted).toBe(true);
    expect(page.runs.filter(({ signal }) => !signal.aborted)).toHaveLength(1);
    expect(page.newest.settings.seeds).toEqual([firstSeed(1)]);
    await page.newest.finish();
    expect(page.statuses).toEqual(['done']);
    expect(page.runs).toHaveLength(3);
  });

  test('the running cell is watched as it grows; a finished one shows its last frame', async () => {
    showGrid();
    let drawn = 0;
    const stop = page.grid.subscribe(() => drawn++);
    page.newest.step();
    expect(page.grid.picture(0)).toMatchObject({ frame: { step: 0 }, stale: false });
    expect(drawn).toBe(1);
    await page.newest.finish();
    expect(page.grid.picture(0)).toMatchObject({ frame: { step: 4 }, stale: false });
    expect(page.grid.picture(1)).toBeUndefined();
    stop();
  });

  test('a cell that cannot be drawn is passed over', async () => {
    showGrid(axis('guidance', 'cfg', 'cfg-plus-plus'), axis('sampler', 'ddim', 'heun'));
    await finishAll();
    expect(statuses()).toEqual(['done', 'done', 'done', 'refused']);
    expect(cells()[3]?.cell.refusal?.kind).toBe('sampler');
    expect(page.runs).toHaveLength(3);
  });

  test('cells that are set the same are run once', async () => {
    showGrid(axis('sampler', 'ddim'), axis('eta', '0', '0.5'));
    await finishAll();
    change(page.store, { gridRows: axis('sampler', 'ddim', 'ddim') });
    await finishAll();
    expect(done()).toBe(4);
    expect(page.runs).toHaveLength(2);
  });
});

describe('pause and resume', () => {
  test('stops at once, keeps what is there, and goes on with the cell that was stopped', async () => {
    showGrid();
    await page.newest.finish();
    const stopped = page.newest;
    page.grid.pause();
    expect(stopped.signal.aborted).toBe(true);
    await settle();
    expect(statuses().filter((status) => status === 'waiting')).toHaveLength(8);
    expect(page.runs).toHaveLength(2);
    page.grid.resume();
    expect(page.newest).not.toBe(stopped);
    expect(page.newest.settings).toEqual(stopped.settings);
    await finishAll();
    expect(done()).toBe(9);
    expect(page.runs).toHaveLength(10);
  });

  test('resumed before the stopped run has ended, it goes on', async () => {
    showGrid();
    page.grid.pause();
    page.grid.resume();
    await finishAll();
    await finishAll();
    expect(done()).toBe(9);
  });

  test('leaving the grid stops it; back in it, it goes on where it was', async () => {
    showGrid();
    await page.newest.finish();
    change(page.store, { layout: 'columns' });
    await settle();
    expect(page.newest.signal.aborted).toBe(true);
    change(page.store, { layout: 'grid' });
    await finishAll();
    expect(done()).toBe(9);
    expect(page.runs).toHaveLength(10);
  });
});

describe('a change of settings', () => {
  beforeEach(async () => {
    showGrid();
    await finishAll();
    page.runs.splice(0);
  });

  test('keeps the cells that are set as before, wherever they are now', async () => {
    const shown = page.grid.picture(1)?.frame;
    change(page.store, { gridRows: SEEDS, gridColumns: SCALES });
    await settle();
    expect(page.runs).toHaveLength(0);
    expect(done()).toBe(9);
    expect(page.grid.picture(3)?.frame).toBe(shown);
    change(page.store, { gridColumns: { ...SCALES, values: ['2', '5', '6', '8'] } });
    await finishAll();
    expect(page.runs).toHaveLength(6);
    expect(new Set(ran().map(([scale]) => scale))).toEqual(new Set([5, 8]));
  });

  test('that concerns no cell changes none', async () => {
    const before = cells();
    change(page.store, { view: 'noisy', position: 0.5, count: 4, language: 'zh' });
    changeColumn(page.store, { guidanceScale: 9 });
    await settle();
    expect(page.runs).toHaveLength(0);
    expect(cells().every((cell, i) => cell === before[i])).toBe(true);
  });

  test('that concerns all runs all; the pictures before stay, marked as such, until then', async () => {
    const before = page.grid.picture(4)?.frame;
    changeColumn(page.store, { numSteps: 5 });
    await settle();
    expect(page.grid.picture(4)).toEqual({ frame: before, stale: true });
    changeColumn(page.store, { numSteps: 6 });
    await settle();
    expect(page.runs[0]!.signal.aborted).toBe(true);
    expect(page.grid.picture(4)).toEqual({ frame: before, stale: true });
    await finishAll();
    expect(page.grid.picture(4)).toMatchObject({ frame: { step: 6 }, stale: false });
    changeColumn(page.store, { numSteps: 4 });
    await settle();
    expect(page.grid.picture(4), 'what was made before is there again').toEqual({
      frame: before,
      stale: false,
    });
  });

  test('another model forgets everything', async () => {
    const loading = page.runner.load();
    expect(page.grid.picture(0)).toBeUndefined();
    expect(cells()).toEqual([]);
    page.loads.at(-1)?.resolve(loaded);
    await loading;
    await finishAll();
    expect(page.runs).toHaveLength(9);
  });
});

describe('a failure', () => {
  test('is told in its cell, does not stop the others, and is run again on demand', async () => {
    showGrid();
    await page.newest.fail();
    await finishAll();
    expect(statuses().filter((status) => status === 'failed')).toHaveLength(1);
    expect(cells()[0]).toMatchObject({ status: 'failed', message: 'out of memory' });
    expect(done()).toBe(8);
    page.grid.retry();
    expect(statuses()[0]).toBe('running');
    await finishAll();
    expect(done()).toBe(9);
    expect(page.runs).toHaveLength(10);
  });

  test('can be run again alone', async () => {
    showGrid();
    await page.newest.fail();
    await page.newest.fail();
    await finishAll();
    const [first] = cells();
    page.grid.retry(first!.cell.key);
    await finishAll();
    expect(statuses().filter((status) => status === 'failed')).toHaveLength(1);
    expect(cells()[0]?.status).toBe('done');
  });
});

describe('opening a cell', () => {
  beforeEach(async () => {
    showGrid();
    await finishAll();
    page.runs.splice(0);
  });
  const settings = () => page.store.getState().settings;

  test('shows it as a column beside the active one, from its start, without running it again', async () => {
    page.grid.open(8, true);
    await settle();
    expect(settings()).toMatchObject({ layout: 'columns', active: 1, count: 1, seed: 9 });
    expect(settings().columns.map(({ guidanceScale }) => guidanceScale)).toEqual([1, 6]);
    const column = page.columns[1]!;
    expect(column.status).toBe('done');
    expect(page.scales, 'only the other column is run').toEqual([1]);
    const { grid, trajectories } = page;
    expect(frameAt(trajectories.shown(column.id)!, 1)).toBe(grid.picture(8)?.frame);
    expect(settings().position).toBe(0);
    expect(page.store.getState().playing).toBe(true);
  });

  test('a cell that is not there yet is run, and played once it is', async () => {
    changeColumn(page.store, { numSteps: 5 });
    page.grid.open(0, true);
    await settle();
    expect(page.store.getState().playing).toBe(false);
    await page.newest.finish();
    expect(page.columns[1]?.status).toBe('done');
    expect(page.store.getState().playing).toBe(true);
  });

  test('nothing is played that was left meanwhile, or that should not move', async () => {
    changeColumn(page.store, { numSteps: 5 });
    page.grid.open(0, true);
    page.scale(7);
    await settle();
    await page.finishAll();
    expect(page.store.getState().playing).toBe(false);
    page.grid.open(0, false);
    await page.finishAll();
    expect(page.store.getState().playing).toBe(false);
    expect(settings().position).toBe(1);
  });

  test('a column that is set so is taken; where there is no room, the neighbour gives way', () => {
    page.grid.open(0, false);
    page.grid.open(0, false);
    expect(settings().columns).toHaveLength(2);
    for (const index of [3, 6]) {
      change(page.store, { layout: 'grid' });
      page.grid.open(index, false);
    }
    const scales = () => settings().columns.map(({ guidanceScale }) => guidanceScale);
    expect(scales()).toEqual([1, 2, 4, 6]);
    expect(scales()).toHaveLength(LIMITS.columns);
    change(page.store, { layout: 'grid', gridRows: axis('scale', '3') });
    page.grid.open(0, false);
    expect(scales()).toEqual([1, 2, 3, 6]);
    expect(settings().active).toBe(2);
    expect(page.columns.map(({ id }) => id)).toHaveLength(4);
  });

  test('a cell that cannot be drawn stays where it is', () => {
    change(page.store, { gridRows: axis('guidance', 'autoguidance') });
    page.grid.open(0, true);
    expect(settings().layout).toBe('grid');
  });
});
