import { describe, expect, test } from 'vitest';
import { guidanceRegistry } from '../../diffusion/guidance/index';
import { worksInPlane } from '../../diffusion/worlds/plane/world';
import {
  DEFAULT_PLANE,
  fitsPlane,
  PLANE_LIMITS,
  PLANE_PRESETS,
  planeSlice,
  presetPlane,
  worldOf,
} from '../../kit/plane/settings';
import { DEFAULT_COLUMN } from '../../settings/column';
import { FIRST_VISIT } from '../../settings/settings';
import { defaultSlices } from '../../settings/slice';
import { createAppStore } from '../../settings/store';
import { readAddress, writeAddress } from '../../settings/url';
import {
  addComponent,
  addRun,
  changeComponent,
  changePlane,
  changeRun,
  removeComponent,
  removeRun,
} from './changes';

const firstVisit = { ...FIRST_VISIT, slices: defaultSlices([planeSlice]) };
const read = (query: string) => readAddress(query, firstVisit);
const planeOf = (text: string) => read(`?plane=${encodeURIComponent(text)}`);
const ignored = (text: string) => planeOf(text).ignored.map(({ key }) => key);

describe('the address', () => {
  test('has no plane where it is as by default', () => {
    expect(writeAddress({ ...firstVisit, page: 'plane' })).toBe('page=plane');
  });

  test('names what differs, readably', () => {
    const plane = {
      ...DEFAULT_PLANE,
      classLabel: 2,
      runs: [{ ...DEFAULT_PLANE.runs[0]!, guidance: 'apg' }],
      arrows: 'all' as const,
    };
    const text = writeAddress(planeSlice.put(firstVisit, plane));
    expect(text).toBe('plane=class:2!run:guidance:apg,scale:3,steps:48!arrows:all');
    expect(planeSlice.of(read(`?${text}`).settings)).toEqual(plane);
  });

  test.each(PLANE_PRESETS)('restores the preset %s', (id) => {
    const plane = presetPlane(id, { ...DEFAULT_PLANE, seed: 5, arrows: 'cond' });
    expect(plane).toMatchObject({ seed: 5, arrows: 'cond' });
    const settings = planeSlice.put(firstVisit, plane);
    expect(read(`?${writeAddress(settings)}`)).toEqual({ settings, ignored: [] });
  });

  test.each([
    'g:0,0.5,9,0,0.5',
    'g:0,0.5,0,0',
    'g:3,0.5,0,0,0.5',
    'g:1,0.5,0,0,0.5',
    Array.from({ length: 7 }, () => 'g:0,0.5,0,0,0.5').join('!'),
    'class:5',
    'run:guidance:fdg',
    'run:guidance:rescale',
    'run:threshold:static',
    'run:curve:1~2',
    'run:guidance:classifier,scale:0.5',
    'run:scale:-1',
    'run:!run:!run:!run:',
    'active:1',
    'n:50',
    'n:1000.5',
    'blur:',
    'heat:hot',
    'arrows:',
    'sigma:0',
    'what:1',
    'n',
  ])('ignores %s and says so', (text) => {
    expect(ignored(text)).toEqual(['plane']);
    expect(planeSlice.of(planeOf(text).settings)).toEqual(DEFAULT_PLANE);
  });
});

describe('changes', () => {
  const opened = () => {
    const store = createAppStore();
    return { store, plane: () => planeSlice.of(store.getState().settings) };
  };

  test('a Gaussian keeps within the limits, with the digits of the address', () => {
    const { store, plane } = opened();
    changeComponent(store, 1, { x: 7, y: 0.123456, std: 0 });
    expect(plane().components[1]).toMatchObject({ x: 3, y: 0.123, std: PLANE_LIMITS.std.min });
  });

  test('the class asked for is one that exists', () => {
    const { store, plane } = opened();
    changeComponent(store, 0, { classLabel: 1 });
    expect(plane().classLabel).toBe(1);
    changePlane(store, { classLabel: 2 });
    removeComponent(store, 2);
    expect(plane().components).toHaveLength(2);
    expect(plane().classLabel).toBe(1);
  });

  test('Gaussians are added beside another, and the last one stays', () => {
    const { store, plane } = opened();
    expect(addComponent(store, 0)).toBe(3);
    expect(plane().components[3]).toMatchObject({ classLabel: 0, x: 1 });
    for (let i = 0; i < 9; i++) addComponent(store, 0);
    expect(plane().components).toHaveLength(PLANE_LIMITS.components.max);
    for (let i = 0; i < 9; i++) removeComponent(store, 0);
    expect(plane().components).toHaveLength(1);
  });

  test('a run follows its rule: sampler, scale, parameters', () => {
    const { store, plane } = opened();
    changeRun(store, { guidanceScale: 0 });
    changeRun(store, { guidance: 'cfg-plus-plus' });
    expect(plane().runs[0]).toMatchObject({ sampler: 'ddim' });
    changeRun(store, { guidance: 'classifier' });
    expect(plane().runs[0]).toMatchObject({ guidanceScale: 1 });
    expect(() => changeRun(store, { guidance: 'fdg' })).toThrow('"fdg"');
  });

  test('panels come and go', () => {
    const { store, plane } = opened();
    for (let i = 0; i < 5; i++) addRun(store);
    expect(plane()).toMatchObject({ runs: { length: PLANE_LIMITS.runs }, active: 2 });
    changeRun(store, { guidanceScale: 9 });
    removeRun(store, 0);
    expect(plane()).toMatchObject({ active: 1, runs: { length: 2 } });
    expect(plane().runs[1]!.guidanceScale).toBe(9);
    removeRun(store, 1);
    removeRun(store, 0);
    expect(plane()).toMatchObject({ active: 0, runs: { length: 1 } });
  });
});

test('every rule of the plane fits at its least scale', () => {
  for (const rule of guidanceRegistry) {
    const run = { ...DEFAULT_COLUMN, guidance: rule.id, guidanceScale: 1 };
    expect(fitsPlane(run), rule.id).toBe(worksInPlane(rule));
  }
});

test('worldOf keeps classes, weights, places and widths', () => {
  expect(worldOf(DEFAULT_PLANE).mixture[1]).toEqual({
    classLabel: 1,
    weight: 0.5,
    mean: [-1.15, -0.85],
    std: 0.75,
  });
});
