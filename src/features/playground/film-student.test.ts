import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_RUN } from '../../diffusion/run';
import type { SampleSettings } from '../../engine/protocol';
import type { DenoiserManifest } from '../../networks/manifest';
import { FILM_SCALES, filmJobs } from './film';
import { filmOfActive } from './film-pictures';
import { studentRun } from './film-student';
import { FakePage, loaded, settle } from './testing/fake-page';

const STUDENT = { numSteps: 2, sampler: 'ddim', schedule: 'karras-open' };
const companions = { fast: 'fake-fast' };

describe('the run of a student', () => {
  const run: SampleSettings = { ...DEFAULT_RUN, guidanceScale: 3, seeds: [1], labels: [0] };

  test('has the same noise, class and scale, and steps of its own', () => {
    expect(studentRun(run, { companions })).toEqual({ ...run, guidance: 'fast', ...STUDENT });
  });

  test.each([
    ['another rule', { guidance: 'apg' }],
    ['a curve', { curve: [1, 2] }],
    ['a course over the steps', { shape: 'linear' }],
    ['an interval', { interval: [0.1, 1] }],
    ['a threshold', { threshold: { kind: 'static' } }],
    ['a negative class', { negative: 1 }],
    ['a mixed class', { mix: { with: 1, share: 0.5 } }],
    ['further stages', { stages: [] }],
  ] as [string, Partial<SampleSettings>][])('is not for %s, which it never learnt', (_, change) => {
    expect(studentRun({ ...run, ...change }, { companions })).toBeUndefined();
  });

  test('needs a student', () => {
    expect(studentRun(run, {})).toBeUndefined();
    expect(studentRun(run, { companions: { weak: 'fake-weak' } })).toBeUndefined();
  });
});

describe('the film', () => {
  const slow = 5;
  let page: FakePage;

  async function open() {
    const manifest = { ...loaded.manifest, companions } as DenoiserManifest;
    page = await FakePage.with({ ...loaded, manifest }, [
      [1, 3].map((guidanceScale) => ({ guidanceScale, numSteps: 40 })),
      1,
      { film: true, count: 3 },
    ]);
    await page.newest.finish(slow);
  }

  beforeEach(open);
  afterEach(() => {
    vi.useRealTimers();
  });

  const byStudent = () => page.films.filter(({ settings }) => settings.guidance === 'fast');
  const film = () => filmOfActive(page.store, page.runner.film);
  const column = () => page.columns[1]!;
  const sorted = (scales: readonly number[]) => scales.toSorted((a, b) => a - b);
  const others = (...drawn: readonly number[]) =>
    FILM_SCALES.filter((scale) => !drawn.includes(scale));
  /** The student's part of the film: the picked sample, then the other column, then all samples. */
  async function finishStudent() {
    await page.films[0]!.finish();
    await page.newest.finish(slow);
    for (let i = 1; i < 5; i++) await page.films[i]!.finish();
  }

  test('begins with the picked sample by the student at all scales, then come the other columns', async () => {
    expect(page.scales, 'the other column waits').toEqual([3]);
    const [first] = page.films;
    expect(first).toMatchObject({ judge: false, settings: { ...STUDENT, seeds: { length: 1 } } });
    expect(first!.scales, 'the nearest first').toEqual([1, 1.5, 2, 4, 5, 0, 6.5, 8, -1, 11, 15]);
    await first!.finish();
    expect(
      film()
        .pickedTakes()
        .filter((take) => take.byStudent),
    ).toHaveLength(11);
    expect(page.scales, 'nothing else comes before the other column').toEqual([3, 1]);
    expect(page.films).toHaveLength(1);
  });

  test('goes on with all samples by the student, and the picked one by the network', async () => {
    await finishStudent();
    const wholes = byStudent().slice(1);
    expect(wholes[0]).toMatchObject({
      judge: true,
      settings: { ...STUDENT, seeds: { length: 3 } },
    });
    expect(sorted(wholes.flatMap(({ scales }) => scales)), 'without the columns’ own').toEqual(
      others(1, 3),
    );
    expect(
      film()
        .takes()
        .map(({ scale }) => scale),
    ).toEqual([1, 3]);
    expect(film().studentTakes()).toHaveLength(10);
    expect(page.films.at(-1)).toMatchObject({
      judge: false,
      settings: { guidance: 'cfg', seeds: { length: 1 } },
    });
    await page.films.at(-1)!.finish();
    const own = film()
      .pickedTakes()
      .filter((take) => !take.byStudent);
    expect(own, 'the network’s own take the place of the student’s').toHaveLength(2 + 4);
  });

  test('lays the picked sample by the student over the others, and says so', async () => {
    await page.films[0]!.finish();
    page.drag(true);
    page.scale(3.8);
    const shown = { filmScale: 4, filmByStudent: true, stale: true, verdicts: undefined };
    expect(column()).toMatchObject(shown);
    expect(page.trajectories.front(column().id)?.trajectory.count).toBe(1);
  });

  test('lets the other columns run where the student is not there soon, and does not wait again', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    await open();
    await vi.advanceTimersByTimeAsync(8000);
    expect(page.films[0]!.signal.aborted).toBe(true);
    expect(page.scales).toEqual([3, 1]);
    await page.newest.finish(slow);
    expect(page.films[1], 'all samples come next').toMatchObject({ judge: true });
  });

  test('plays what the student drew, says so, and the network draws where the hand stops', async () => {
    await finishStudent();
    page.drag(true);
    page.scale(3.8);
    expect(column()).toMatchObject({
      filmScale: 4,
      filmByStudent: true,
      stale: false,
      lastStep: 2,
    });
    expect(column().verdicts).toMatchObject({ classAccuracy: 0.04 });
    page.scale(4);
    page.drag(false);
    await settle();
    expect(page.newest.settings).toMatchObject({ guidance: 'cfg', guidanceScale: 4, numSteps: 40 });
    expect(column()).toMatchObject({ filmByStudent: false, verdicts: undefined });
    await page.newest.finish(slow);
    expect(column()).toMatchObject({ filmScale: undefined, filmByStudent: false, stale: false });
    page.drag(true);
    page.scale(3.8);
    expect(column(), 'the network’s own takes come before the student’s').toMatchObject({
      filmScale: 4,
      filmByStudent: false,
    });
  });

  test('has what the network drew in place of what the student did', async () => {
    await finishStudent();
    const before = film().studentTakes().length;
    page.scale(5);
    await settle();
    await page.newest.finish(slow);
    expect(film().studentTakes()).toHaveLength(before - 1);
    expect(
      film()
        .pickedTakes()
        .find(({ scale }) => scale === 5),
    ).toMatchObject({ byStudent: false });
  });

  test('needs no student where it is quick', () => {
    const jobs = (ms: number) => filmJobs(page.store.getState(), [3], ms);
    const drawn = (ms: number) => jobs(ms).filter(({ settings }) => settings.guidance === 'fast');
    expect(drawn(0.1)).toEqual([]);
    expect(drawn(slow).length).toBeGreaterThan(0);
  });
});
