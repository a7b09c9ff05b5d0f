import { expect, test } from 'vitest';
import { type ExperimentSettings, experimentSlice } from '../features/experiments/settings';
import { SECTIONS } from '../features/idea/sections';
import { cameFromSlice, tourSlice } from '../features/idea/settings';
import { TOUR } from '../features/idea/tour';
import { consistentTraining, TRAINING_CHOICES, trainingSlice } from '../features/training/settings';
import {
  DEFAULT_PLANE,
  fitsPlane,
  PLANE_CHOICES,
  type PlaneSettings,
  planeSlice,
} from '../kit/plane/settings';
import {
  CHOICES,
  type ColumnSettings,
  consistent,
  declaredParameters,
  LIMITS,
  type StageChoice,
} from '../settings/column';
import { FIRST_VISIT, type Settings } from '../settings/settings';
import { defaultSlices, type Slice } from '../settings/slice';
import { readAddress, writeAddress } from '../settings/url';
import { SLICES } from './features';

const firstVisit: Settings = { ...FIRST_VISIT, slices: defaultSlices(SLICES) };

/** A repeatable source of numbers in [0, 1) (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Settings within all limits, every property drawn at random. */
function randomSettings(seed: number): Settings {
  const next = randomNumbers(seed);
  const between = (min: number, max: number) => Number((min + next() * (max - min)).toFixed(4));
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const oneOf = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)]!;
  const stageChoice = (): StageChoice => ({
    guidanceScale: between(-2, 15),
    numSteps: oneOf([null, whole(1, 100)]),
    augmentation: oneOf([null, between(0, 1)]),
    threshold: oneOf([null, { kind: 'static' }, { kind: 'dynamic', percentile: 99.5 }]),
    prompt: oneOf([null, 'a,b', 'x:y', '50%']),
  });
  const column = (): ColumnSettings => {
    const chosen: ColumnSettings = {
      guidance: oneOf(CHOICES.guidance).id,
      guidanceScale: between(LIMITS.guidanceScale.min, LIMITS.guidanceScale.max),
      interval: oneOf([null, [between(0.002, 1), between(1, 80)]]),
      shape: oneOf(CHOICES.shape).id,
      curve: oneOf([null, Array.from({ length: whole(1, 20) }, () => between(-2, 15))]),
      threshold: oneOf([
        null,
        { kind: 'static' },
        { kind: 'dynamic', percentile: between(50, 100) },
      ]),
      mix: oneOf([null, { name: oneOf(['B', 'a,b', 'x:y', '%2C']), share: between(0, 1) }]),
      negative: oneOf([null, 'B', 'a,b', '50%']),
      ...oneOf([{}, { upTo: whole(1, 3) }]),
      ...oneOf([{}, { stages: [stageChoice(), stageChoice()].slice(0, whole(1, 2)) }]),
      numSteps: whole(LIMITS.numSteps.min, LIMITS.numSteps.max),
      sampler: oneOf(CHOICES.sampler).id,
      schedule: oneOf(CHOICES.schedule).id,
      parameters: {},
    };
    const fitting = consistent(chosen);
    const parameters = declaredParameters(fitting)
      .filter(() => next() < 0.7)
      .map(
        ({ id, min, max, choices }) => [id, choices?.at(-1)?.value ?? between(min, max)] as const,
      );
    return consistent({ ...fitting, parameters: Object.fromEntries(parameters) });
  };
  const columns = Array.from({ length: whole(1, LIMITS.columns) }, column);
  const planeRun = () => {
    const pictures = { curve: null, threshold: null, mix: null, negative: null };
    const guidanceScale = between(1, 15);
    const { upTo: _, stages: __, ...drawn } = column();
    const run = { ...drawn, ...pictures, guidanceScale };
    return fitsPlane(run) ? run : DEFAULT_PLANE.runs[0]!;
  };
  const experiment: ExperimentSettings = {
    id: oneOf(['strength', 'temperature', 'steps']),
    samples: whole(8, 10_000),
    values: oneOf([null, [4, 8, 2]]),
    series: oneOf([
      null,
      Array.from({ length: whole(1, 8) }, () => ({
        model: oneOf([null, 'letters-p20']),
        column: column(),
        varies: oneOf(['scale', 'scale+1', 'noise']),
      })),
    ]),
    overlay: oneOf([true, false]),
  };
  const plane: PlaneSettings = {
    components: Array.from({ length: whole(1, 6) }, (_, i) => ({
      classLabel: i ? whole(0, 2) : 1,
      weight: between(0.05, 1),
      x: between(-3, 3),
      y: between(-3, 3),
      std: between(0.2, 1),
    })),
    classLabel: 1,
    runs: [planeRun(), planeRun()],
    active: whole(0, 1),
    particles: whole(100, 10_000),
    seed: whole(0, 2 ** 32 - 1),
    paths: whole(0, 60),
    weakBlur: between(0.05, 2),
    heat: oneOf(PLANE_CHOICES.heat),
    arrows: oneOf(PLANE_CHOICES.arrows),
    sigma: oneOf([null, between(0.01, 80)]),
  };
  const training = consistentTraining({
    pUncond: between(0, 1),
    batch: oneOf(TRAINING_CHOICES.batch),
    steps: whole(500, 20_000),
    width: oneOf(TRAINING_CHOICES.width),
    seed: whole(0, 2 ** 32 - 1),
    sigma: between(0.05, 10),
    guidance: oneOf(TRAINING_CHOICES.guidance).id,
    guidanceScale: between(0, 15),
    sampler: oneOf(CHOICES.sampler).id,
    numSteps: whole(1, 64),
  });
  return {
    page: oneOf(['playground', 'experiments', 'plane', 'training', 'idea']),
    model: oneOf(['', 'letters', 'tiny-weak_2']),
    subject: oneOf<Settings['subject']>([
      { kind: 'none' },
      { kind: 'class', name: oneOf(['A', '7', 'a,b', 'x:y', 'ü & ~+%', '猫']) },
      { kind: 'each', names: [...oneOf(['HELLO', 'a b', '你好,世界', '50%+1~2'])] },
      { kind: 'each', names: ['heart', 'tench, Tinca tinca', '100 %2C', 'a:b'] },
    ]),
    seed: whole(0, 2 ** 32 - 1),
    seedLocked: oneOf([true, false]),
    count: whole(LIMITS.count.min, LIMITS.count.max),
    columns,
    active: whole(0, columns.length - 1),
    layout: oneOf(['columns', 'grid', 'wipe']),
    gridRows: oneOf([
      { key: 'scale', values: ['1', '2.5'] },
      { key: 'interval', values: ['all', '0.2~2'] },
      { key: 'draw', values: ['class:A', 'class:a,b', 'none'] },
    ]),
    gridColumns: oneOf([
      { key: 'seed', values: ['1', '2'] },
      { key: 'apgMomentum', values: ['-0.5', '0'] },
    ]),
    wipe: [whole(0, 3), whole(0, 3)],
    wipeDifference: oneOf([true, false]),
    inside: oneOf([true, false]),
    gradient: oneOf([true, false]),
    overlay: oneOf([true, false]),
    view: oneOf(['estimate', 'noisy', 'both']),
    position: between(0, 1),
    wipeDivider: between(0, 1),
    picked: whole(0, LIMITS.count.max - 1),
    unit: oneOf(['s', 'w']),
    backend: oneOf(['auto', 'webgpu', 'wasm']),
    projector: oneOf([true, false]),
    expert: oneOf([true, false]),
    film: oneOf([true, false]),
    precision: oneOf(['auto', 'fp16', 'fp32']),
    maxBatch: oneOf([0, 1, 2, 4, 8, 16]),
    language: oneOf(['en', 'zh']),
    theme: oneOf(['auto', 'light', 'dark']),
    slices: new Map<Slice<unknown>, unknown>([
      [experimentSlice, experiment],
      [planeSlice, plane],
      [trainingSlice, training],
      [tourSlice, whole(0, TOUR.length)],
      [cameFromSlice, oneOf([null, ...SECTIONS])],
    ]),
  };
}

test('every slice is in the address: keys are told apart', () => {
  const keys = SLICES.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(writeAddress(firstVisit)).toBe('');
  const all = new URLSearchParams(writeAddress(firstVisit, null));
  for (const key of keys) expect(all.getAll(key), key).toHaveLength(1);
});

test('settings drawn at random come back from the address bar', () => {
  for (let seed = 0; seed < 300; seed++) {
    const settings = randomSettings(seed);
    const address = writeAddress(settings);
    const { search } = new URL(`http://localhost/?${address}`);
    const read = readAddress(search, firstVisit);
    expect(read, address).toEqual({ settings, ignored: [] });
    expect(writeAddress(read.settings)).toBe(address);
    // As exported files have them, which leave no default out.
    const loaded = { ...settings, model: 'tiny' };
    const full = `?${writeAddress(loaded, null)}`;
    expect(readAddress(full, firstVisit)).toEqual({ settings: loaded, ignored: [] });
  }
});
