import { beforeEach, describe, expect, test } from 'vitest';
import { frameAt, stageAt } from '../../kit/trajectories';
import { type ColumnSettings, DEFAULT_COLUMN } from '../../settings/column';
import { settingOf } from '../../settings/run-settings';
import { changeColumn, changeSetting } from '../../settings/store';
import { thumbnailSteps } from './Filmstrips';
import { filmJobs } from './film';
import { cascade, FakePage, loaded, settle } from './testing/fake-page';

let page: FakePage;

describe('a run through the stages of a cascade', () => {
  beforeEach(async () => {
    page = await FakePage.readyCascade([{ numSteps: 4 }]);
  });

  const shown = () => page.trajectories.shown(page.columns[0]!.id)!;

  test('has a frame a step and one for what each stage has drawn', async () => {
    page.newest.step();
    expect(page.columns[0]).toMatchObject({ step: 1, lastStep: 11, status: 'running' });
    await page.newest.finish();
    expect(page.columns[0]).toMatchObject({ step: 11, lastStep: 11, status: 'done' });
    expect(shown().frames).toHaveLength(5 + 4 + 3);
    expect(shown().shape).toEqual([1, 32, 32]);
    expect(shown().stages.map(({ first }) => first)).toEqual([0, 5, 9]);
  });

  test('is scrubbed through all stages, each frame of its own size', async () => {
    await page.newest.finish();
    const at = (position: number) => {
      const frame = frameAt(shown(), position)!;
      return [frame.step, frame.shape[1], stageAt(shown(), frame.step)];
    };
    expect(at(0)).toEqual([0, 8, 0]);
    expect(at(4 / 11)).toEqual([4, 8, 0]);
    expect(at(5 / 11)).toEqual([5, 16, 1]);
    expect(at(1)).toEqual([11, 32, 2]);
  });

  test('ends with the stage that is asked for', async () => {
    await page.newest.finish();
    changeColumn(page.store, { upTo: 1 });
    await page.newest.finish();
    expect(page.newest.settings.stages).toEqual([]);
    expect(shown().shape).toEqual([1, 8, 8]);
    expect(page.columns[0]).toMatchObject({ step: 4, lastStep: 4 });
  });
});

test('a film of a cascade keeps all frames, and its budget counts them', async () => {
  const takesAt = (at: FakePage) =>
    filmJobs(at.store.getState(), [1], 0.1).filter(({ whole }) => whole).length;
  const [single, stages] = await Promise.all([
    FakePage.ready([{ numSteps: 64 }], 0, { count: 64, film: true }),
    FakePage.readyCascade([{ numSteps: 64, stages: [] }], 0, { count: 64, film: true }),
  ]);
  expect([takesAt(single), takesAt(stages)]).toEqual([12, 12]);
  changeColumn(stages.store, {
    stages: [64, 64].map((numSteps) => ({
      ...{ guidanceScale: null, augmentation: null, threshold: null, prompt: null },
      numSteps,
    })),
  });
  // 64 samples · (64 + 256 + 1024 pixels · 65 frames · 3 bytes, and the samples as numbers): 17 MB.
  expect(takesAt(stages)).toBe(2);

  await settle();
  await stages.newest.finish(0.01);
  await settle();
  await stages.films[0]!.finish();
  const { settings } = stages.films[0]!;
  expect(stages.runner.film.takesOf(stages.newest.settings, 0)[0]?.trajectory.frames).toHaveLength(
    65 * 3,
  );
  expect(settings.stages?.map(({ numSteps }) => numSteps)).toEqual([64, 64]);
});

test('a strip shows the first frame of every stage and what each has drawn', () => {
  const shape: [number, number, number] = [1, 8, 8];
  expect(thumbnailSteps([{ first: 0, numSteps: 3, shape }])).toEqual([0, 1, 2, 3]);
  expect(thumbnailSteps([{ first: 0, numSteps: 100, shape }])).toHaveLength(17);
  const steps = thumbnailSteps([
    { first: 0, numSteps: 30, shape },
    { first: 31, numSteps: 16, shape },
    { first: 48, numSteps: 1, shape },
  ]);
  for (const step of [0, 30, 31, 47, 48, 49]) expect(steps).toContain(step);
  expect(steps.length).toBeLessThanOrEqual(19);
  expect(steps.toSorted((a, b) => a - b)).toEqual(steps);
});

describe('a setting of a stage', () => {
  test.each([
    ['scale-2', 5, { guidanceScale: 5 }],
    ['steps-2', 7, { numSteps: 7 }],
    ['augmentation-2', 0.4, { augmentation: 0.4 }],
    ['threshold-2', { kind: 'static' }, { threshold: { kind: 'static' } }],
  ])('%s makes another run, and back again the run before', async (key, value, expected) => {
    page = await FakePage.readyCascade([{ numSteps: 4 }]);
    await page.newest.finish();
    const usual = page.newest.settings;
    changeSetting(page.store, settingOf(key)!, value);
    await settle();
    expect(page.runs).toHaveLength(2);
    expect(page.newest.settings.stages).toMatchObject([expected, {}]);
    expect(page.newest.settings.stages![1]).toEqual(usual.stages![1]);
    await page.newest.finish();
    changeSetting(page.store, settingOf(key)!, null);
    await settle();
    expect(page.runs).toHaveLength(2); // it is in the cache
    expect(page.store.getState().settings.columns[0]).toEqual({ ...DEFAULT_COLUMN, numSteps: 4 });
  });
});

describe('another network', () => {
  const switched = async (from: 'ready' | 'readyCascade', columns: Partial<ColumnSettings>[]) => {
    page = await FakePage[from](columns, 0, { count: 16 });
    const switching = page.runner.switchTo('other');
    page.loads[1]!.resolve(from === 'ready' ? cascade : loaded);
    await switching;
    return page.store.getState();
  };

  test('that takes prompts begins with its own: a class is no prompt', async () => {
    const { settings, notice } = await switched('ready', [{ negative: 'B' }]);
    expect(settings.count).toBe(4);
    expect(settings.subject).toEqual({ kind: 'class', name: 'a red apple' });
    expect(settings.columns[0]!.negative).toBeNull();
    expect(notice).toBeUndefined();
  });

  test('that takes classes loses the prompts and the stages', async () => {
    const { settings } = await switched('readyCascade', [{ negative: 'a cat', upTo: 2 }]);
    expect(settings.subject).toEqual({ kind: 'class', name: 'A' });
    expect(settings.columns[0]).toEqual(DEFAULT_COLUMN);
    expect(settings.count).toBe(16);
  });
});
