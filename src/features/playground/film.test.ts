import { beforeEach, describe, expect, test } from 'vitest';
import { CACHE_BYTES } from '../../kit/result-cache';
import type { Settings } from '../../settings/settings';
import { change, changeColumn, selectColumn } from '../../settings/store';
import { FILM_SCALES, filmJobs } from './film';
import { filmOfActive } from './film-pictures';
import { FakePage, settle } from './testing/fake-page';

let page: FakePage;

const filming = (changes: Partial<Settings> = {}) => ({ film: true, count: 3, ...changes });

/** The columns' runs are over. */
async function ready(scales: readonly number[], active = 0, changes: Partial<Settings> = {}) {
  page = await FakePage.ready(
    scales.map((guidanceScale) => ({ guidanceScale, numSteps: 4 })),
    active,
    filming(changes),
  );
  await finishColumns();
}

/** The picked sample's film comes between the active column and the others. */
async function finishColumns(msPerEvaluation?: number): Promise<void> {
  for (let i = 0; i < 100 && page.statuses.some((status) => status !== 'done'); i++) {
    await page.runs.at(-1)?.finish(msPerEvaluation);
    const { length } = page.columns;
    if (page.runs.length < length) await page.films.at(-1)?.finish();
  }
}

async function finishFilm(): Promise<void> {
  for (let done = 0; done < page.films.length; done++) await page.films[done]!.finish();
}

const asked = () => page.films.map(({ scales }) => scales);

describe('the film', () => {
  beforeEach(() => ready([3]));

  test('begins when the columns are done: the picked sample first, the nearest scales first', async () => {
    const [first] = page.films;
    expect(first!.settings.seeds).toHaveLength(1);
    expect(first!.scales, 'all samples are there at 3').toEqual([2, 4, 5, 1.5]);
    await finishFilm();
    const singles = page.films.filter(({ settings }) => settings.seeds.length === 1);
    expect(singles.flatMap(({ scales }) => scales).toSorted((a, b) => a - b)).toEqual(
      FILM_SCALES.filter((scale) => scale !== 3),
    );
    const wholes = page.films.slice(singles.length);
    expect(wholes.every(({ settings }) => settings.seeds.length === 3)).toBe(true);
    const active = filmOfActive(page.store, page.runner.film);
    expect(active.takes().map(({ scale }) => scale)).toEqual([...FILM_SCALES]);
    expect(
      active
        .pickedTakes()
        .map(({ scale }) => scale)
        .toSorted((a, b) => a - b),
    ).toEqual([...FILM_SCALES]);
  });

  test('draws no scale again that a column has drawn, and judges all samples, be it one', async () => {
    await finishFilm();
    for (const { settings, scales, judge } of page.films) {
      expect(scales).not.toContain(3);
      expect(judge).toBe(settings.seeds.length === 3);
    }
    await ready([3], 0, { count: 1 });
    expect(page.films.map(({ judge }) => judge)).toEqual([true]);
  });

  test('leaves a run of the picked sample alone to be drawn and judged', async () => {
    await finishFilm();
    change(page.store, { count: 1 });
    await settle();
    expect(page.newest.settings.seeds, 'it was drawn ahead, unjudged').toHaveLength(1);
    await page.newest.finish();
    expect(page.columns[0]).toMatchObject({ verdicts: { classAccuracy: 0.03 } });
  });

  test('is drawn once, and not again for another position or view', async () => {
    await finishFilm();
    const soFar = page.films.length;
    change(page.store, { position: 0.5, view: 'noisy' });
    selectColumn(page.store, 0);
    await settle();
    expect(page.films).toHaveLength(soFar);
  });

  test('draws the picked sample before the other columns, and the other samples after them', async () => {
    page = await FakePage.ready(
      [1, 3, 8].map((guidanceScale) => ({ guidanceScale, numSteps: 4 })),
      1,
      filming(),
    );
    expect(page.films).toEqual([]);
    await page.newest.finish();
    expect(page.scales, 'the others wait').toEqual([3]);
    for (let done = 0; done < page.films.length; done++) await page.films[done]!.finish();
    expect(page.films.every(({ judge }) => !judge)).toBe(true);
    expect(page.scales).toEqual([3, 1]);
    const soFar = page.films.length;
    await page.newest.finish();
    expect(page.scales).toEqual([3, 1, 8]);
    expect(page.films).toHaveLength(soFar);
    await page.newest.finish();
    expect(page.films.at(-1)).toMatchObject({ judge: true });
  });

  test('lets the other columns run where it fails, is hidden or would take long', async () => {
    const columns = [1, 3].map((guidanceScale) => ({ guidanceScale, numSteps: 4 }));
    for (const how of ['fails', 'hidden', 'slow'] as const) {
      page = await FakePage.ready(columns, 1, filming());
      await page.newest.finish(how === 'slow' ? 200 : 1);
      if (how === 'hidden') page.hidden = true;
      page.runner.visibilityChanged();
      for (let i = 0; how === 'fails' && i < page.films.length; i++) await page.films[i]!.fail();
      await settle();
      expect(page.scales, how).toEqual([3, 1]);
    }
  });

  test('stops for a run that is asked for, and goes on after it', async () => {
    await page.films[0]!.finish();
    const running = page.films.at(-1)!;
    changeColumn(page.store, { guidanceScale: 2.3 });
    await settle();
    expect(running.signal.aborted).toBe(true);
    const soFar = page.films.length;
    await settle();
    expect(page.films).toHaveLength(soFar);
    await page.newest.finish();
    expect(page.films.length).toBeGreaterThan(soFar);
  });

  test('is not drawn while the page is hidden', async () => {
    page.hidden = true;
    page.runner.film.wake();
    await settle();
    expect(page.films[0]!.signal.aborted).toBe(true);
    page.hidden = false;
    page.runner.film.wake();
    await settle();
    expect(page.films).toHaveLength(2);
  });

  test('is not drawn where it is switched off, on another page, or of a rule without a scale', async () => {
    for (const changes of [{ film: false }, { page: 'idea' }, { layout: 'grid' as const }]) {
      await ready([3], 0, changes);
      expect(page.films).toEqual([]);
    }
    page = await FakePage.ready([{ guidance: 'unconditional' }], 0, filming());
    await page.finishAll();
    expect(page.films).toEqual([]);
  });

  test('downloads no network that the column itself does not need', () => {
    const state = page.store.getState();
    const jobs = (guidanceScale: number) => {
      const column = { ...state.settings.columns[0]!, guidance: 'autoguidance', guidanceScale };
      return filmJobs({ ...state, settings: { ...state.settings, columns: [column] } }, [1], 1);
    };
    expect(jobs(1)).toEqual([]);
    expect(jobs(2)).not.toEqual([]);
  });

  test('that fails is not tried for ever', async () => {
    for (let i = 0; i < 40 && page.films[i]; i++) await page.films[i]!.fail();
    expect(page.films.length).toBeLessThan(40);
    expect(page.columns[0]).toMatchObject({ status: 'done', stale: false });
  });

  test('of other noise is another one', async () => {
    await finishFilm();
    change(page.store, { seed: 5 });
    await page.newest.finish();
    expect(filmOfActive(page.store, page.runner.film).takes()).toHaveLength(1);
  });

  test('is limited in bytes, and left out where one scale takes long', () => {
    const state = page.store.getState();
    const drawn = (count: number, numSteps: number, ms: number) => {
      const settings = { ...state.settings, count };
      const columns = settings.columns.map((column) => ({ ...column, numSteps }));
      return filmJobs({ ...state, settings: { ...settings, columns } }, [3], ms);
    };
    const whole = drawn(64, 1024, 0.001).filter(({ settings }) => settings.seeds.length === 64);
    const bytes = whole.reduce(
      (sum, { scales }) => sum + scales.length * 64 * 64 * (3 * 1025 + 4),
      0,
    );
    expect(whole.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(CACHE_BYTES);
    expect(whole.length).toBeLessThan(FILM_SCALES.length);
    expect(drawn(64, 64, 10)).toEqual([]);
  });
});

describe('dragging the scale', () => {
  const slow = 5;

  beforeEach(async () => {
    page = await FakePage.ready(
      [1, 3, 8].map((guidanceScale) => ({ guidanceScale, numSteps: 100 })),
      1,
      filming(),
    );
    await finishColumns(slow);
  });

  const column = () => page.columns[1]!;

  test('shows the nearest scale that is there and its own figures, and runs nothing', async () => {
    await finishFilm();
    page.drag(true);
    page.scale(3.8);
    expect(column()).toMatchObject({
      filmScale: 4,
      stale: false,
      verdicts: { classAccuracy: 0.04 },
    });
    page.scale(14);
    expect(column()).toMatchObject({ filmScale: 15, verdicts: { classAccuracy: 0.15 } });
    await settle();
    expect(page.runs).toHaveLength(3);
  });

  test('lays the picked sample over the others where that alone is there nearer', async () => {
    await page.films[0]!.finish(); // 2, 4, 5, 1.5 of the picked sample
    page.drag(true);
    page.scale(4.1);
    expect(column()).toMatchObject({ filmScale: 4, stale: true, verdicts: undefined });
    expect(page.trajectories.front(column().id)?.trajectory.count).toBe(1);
    page.scale(8.5);
    expect(column()).toMatchObject({
      filmScale: 8,
      stale: false,
      verdicts: { classAccuracy: 0.08 },
    });
    expect(page.trajectories.front(column().id)).toBeUndefined();
  });

  test('begun while its column runs shows the film all the same', async () => {
    await finishFilm();
    page.scale(3.1);
    page.newest.step();
    page.drag(true);
    page.scale(3.8);
    await settle();
    expect(column()).toMatchObject({
      filmScale: 4,
      stale: false,
      verdicts: { classAccuracy: 0.04 },
    });
  });

  test('ends in the exact scale: its run is seen from the first step on', async () => {
    await finishFilm();
    page.drag(true);
    page.scale(3.8);
    page.drag(false);
    expect(column()).toMatchObject({ filmScale: undefined, stale: true, verdicts: undefined });
    expect(page.newest.settings).toMatchObject({ guidanceScale: 3.8, numSteps: 100 });
    page.newest.step();
    expect(column()).toMatchObject({ stale: false, status: 'running' });
    await page.newest.finish(slow);
    expect(column()).toMatchObject({ filmScale: undefined, verdicts: { classAccuracy: 0.038 } });
  });

  test('ends at once where the scale is in the film', async () => {
    await finishFilm();
    page.drag(true);
    page.scale(5);
    page.drag(false);
    await settle();
    expect(page.runs).toHaveLength(3);
    expect(column()).toMatchObject({ filmScale: undefined, stale: false, status: 'done' });
  });

  test('goes on filling the film, in an order that the moving hand does not change', async () => {
    page.drag(true);
    const before = page.films.length;
    for (const scale of [4, 6, 9, 12]) page.scale(scale);
    await settle();
    expect(page.films[before - 1]!.signal.aborted).toBe(false);
    await page.films[before - 1]!.finish();
    expect(page.films).toHaveLength(before + 1);
  });

  test('a storm of changes never leaves figures of other pictures', async () => {
    await page.films[0]!.finish();
    let random = 1;
    const next = (below: number) => {
      random = (random * 48271) % 2147483647;
      return random % below;
    };
    for (let i = 0; i < 400; i++) {
      const scale = Math.round(-20 + next(171)) / 10;
      [
        () => page.drag(next(2) === 0),
        () => page.scale(scale),
        () => selectColumn(page.store, next(3)),
        () => page.newest.step(),
        () => void page.newest.finish(slow),
        () => void page.films.at(-1)!.finish(),
        () => change(page.store, { picked: next(3) }),
      ][next(7)]!();
      if (next(3) === 0) await settle();
      page.store.getState().settings.columns.forEach((settings, k) => {
        const { verdicts, filmScale, stale, status } = page.columns[k]!;
        // The fake classifier reads the scale off the samples.
        if (verdicts) {
          expect(verdicts.classAccuracy).toBe((filmScale ?? settings.guidanceScale) / 100);
        }
        if (stale || status === 'running') expect(verdicts).toBeUndefined();
      });
    }
    expect(asked().length).toBeGreaterThan(0);
  });
});
