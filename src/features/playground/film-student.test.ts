import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_RUN } from '../../diffusion/run';
import type { SampleSettings } from '../../engine/protocol';
import type { DenoiserManifest } from '../../networks/manifest';
import { FILM_SCALES, filmJobs } from './film';
import { filmOfActive } from './film-pictures';
import { studentRun } from './film-student';
import { FakePage, loaded, settle } from './testing/fake-page';

const STUDENT = { numSteps: 4, sampler: 'ddim', schedule: 'karras-open' };
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

  beforeEach(async () => {
    const manifest = { ...loaded.manifest, companions } as DenoiserManifest;
    page = await FakePage.with({ ...loaded, manifest }, [
      [1, 3].map((guidanceScale) => ({ guidanceScale, numSteps: 40 })),
      1,
      { film: true, count: 3 },
    ]);
    await page.newest.finish(slow);
  });

  const byStudent = () => page.films.filter(({ settings }) => settings.guidance === 'fast');
  const film = () => filmOfActive(page.store, page.runner.film);
  const column = () => page.columns[1]!;
  /** The student's part of the film, which comes first. */
  async function finishStudent() {
    for (let i = 0; i < 4; i++) await page.films[i]!.finish();
  }

  test('begins with all samples by the student, the nearest scales first, before the other columns', async () => {
    expect(page.scales, 'the other column waits').toEqual([3]);
    expect(page.films[0]).toMatchObject({
      judge: true,
      settings: { ...STUDENT, seeds: { length: 3 } },
    });
    expect(page.films[0]!.scales).toEqual([1, 1.5, 2]);
    await finishStudent();
    expect(
      byStudent()
        .flatMap(({ scales }) => scales)
        .toSorted((a, b) => a - b),
    ).toEqual(FILM_SCALES.filter((scale) => scale !== 3));
    expect(
      film()
        .takes()
        .map(({ scale }) => scale),
    ).toEqual([3]);
    expect(film().studentTakes()).toHaveLength(FILM_SCALES.length - 1);
    expect(
      film()
        .pickedTakes()
        .filter((take) => take.byStudent),
    ).toHaveLength(FILM_SCALES.length - 1);
  });

  test('plays what the student drew, says so, and the network draws where the hand stops', async () => {
    await finishStudent();
    page.drag(true);
    page.scale(3.8);
    expect(column()).toMatchObject({
      filmScale: 4,
      filmByStudent: true,
      stale: false,
      lastStep: 4,
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
