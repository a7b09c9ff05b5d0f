import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planeSlice } from '../../kit/plane/settings';
import { Services } from '../../kit/service';
import { type ColumnRuns, columnRuns } from '../../kit/services';
import { type DenoiserManifest, parseManifest } from '../../networks/manifest';
import { FIRST_VISIT, fittedToModel, type Settings } from '../../settings/settings';
import { defaultSlices } from '../../settings/slice';
import { createAppStore } from '../../settings/store';
import { readAddress, writeAddress } from '../../settings/url';
import { experimentSlice } from '../experiments/settings';
import { loaded } from '../playground/testing/fake-page';
import { trainingSlice } from '../training/settings';
import { goOnTour, openScene, SCENES, type SceneId } from './scenes';
import { tourSlice } from './settings';
import { TOUR } from './tour';

const scenes = Object.entries(SCENES) as [SceneId, string][];
const queries = [...scenes, ...TOUR.map(({ id, query }) => [`tour: ${id}`, query] as const)];
/** A visitor in the middle of something. */
const visitor: Settings = {
  ...FIRST_VISIT,
  slices: defaultSlices([experimentSlice, planeSlice, trainingSlice, tourSlice]),
  page: 'idea',
  model: 'mine',
  subject: { kind: 'class', name: 'B' },
  seed: 7,
  count: 4,
  layout: 'grid',
  inside: true,
  overlay: true,
  unit: 'w',
  language: 'zh',
  theme: 'dark',
  columns: [FIRST_VISIT.columns[2]!],
  active: 0,
};

/** The page of a visitor, and how often its network was loaded. */
function pageOf(settings: Settings) {
  const services = new Services();
  const page = { store: createAppStore(settings), services, loads: 0 };
  const load = async () => {
    page.loads++;
  };
  services.provide(columnRuns, { load } as ColumnRuns);
  return page;
}

describe('scenes and steps', () => {
  test.each(queries)('%s is an address that is understood', (_, query) => {
    expect(readAddress(query, visitor).ignored).toEqual([]);
  });

  test('a scene sets the playground and keeps what is the visitor’s own', () => {
    const page = pageOf(visitor);
    openScene(page, 'interval');
    const { settings, columns } = page.store.getState();
    expect(settings).toMatchObject({
      page: 'playground',
      layout: 'columns',
      inside: false,
      overlay: false,
      active: 1,
      model: 'mine',
      subject: visitor.subject,
      seed: 7,
      count: 4,
      unit: 'w',
      language: 'zh',
      theme: 'dark',
    });
    expect(settings.columns.map(({ guidanceScale }) => guidanceScale)).toEqual([8, 8]);
    expect(settings.columns.map(({ interval }) => interval)).toEqual([null, [0.2, 2]]);
    expect(columns).toHaveLength(2);
  });

  test('a scene of another page leaves the playground as it is', () => {
    const page = pageOf(visitor);
    openScene(page, 'plane');
    const { settings } = page.store.getState();
    const plane = planeSlice.of(settings);
    expect(settings).toEqual(planeSlice.put({ ...visitor, page: 'plane' }, plane));
    expect(plane.runs.map(({ guidanceScale }) => guidanceScale)).toEqual([1, 4]);
  });

  test('a rule that the network cannot follow gives way, and no class becomes one', () => {
    const page = pageOf({ ...visitor, subject: { kind: 'none' } });
    page.store.setState({
      engine: { status: 'ready', info: loaded.info, manifest: loaded.manifest },
    });
    openScene(page, 'classifier');
    const { settings } = page.store.getState();
    expect(settings.subject).toEqual({ kind: 'class', name: 'A' });
    expect(settings.columns.map(({ guidance }) => guidance)).toEqual([
      'unconditional',
      'cfg',
      'cfg',
    ]);
  });

  const ofNetworks = scenes.filter(([, query]) => query.includes('model='));

  test.each(ofNetworks)('%s asks for nothing that its network lacks', (_, query) => {
    const wanted = readAddress(query, visitor).settings;
    const path = `public/models/${wanted.model}/manifest.json`;
    const manifest = parseManifest(readFileSync(path, 'utf8'), path);
    expect(fittedToModel(wanted, manifest as DenoiserManifest).ignored).toEqual([]);
  });

  test('a scene about a network of its own loads it, if it is not there', () => {
    const page = pageOf({ ...visitor, count: 16 });
    const { info, manifest } = loaded;
    page.store.setState({ engine: { status: 'ready', info, manifest } });
    openScene(page, 'words');
    const { settings, engine } = page.store.getState();
    expect(settings).toMatchObject({ model: 'pictures', seed: 7, count: 4, language: 'zh' });
    expect(settings.subject).toEqual({ kind: 'class', name: 'a red apple' });
    expect(settings.columns.map(({ guidanceScale }) => guidanceScale)).toEqual([1, 4]);
    expect(engine.status).toBe('loading');
    expect(page.loads).toBe(1);

    page.store.setState({ engine: { status: 'ready', info, manifest } });
    openScene(page, 'thresholds');
    expect(page.store.getState().engine.status).toBe('ready');
    expect(page.loads).toBe(1);
  });

  test('every scene differs from every other', () => {
    const seen = scenes.map(([id]) => {
      const page = pageOf(visitor);
      openScene(page, id);
      return writeAddress(page.store.getState().settings, null);
    });
    expect(new Set(seen).size).toBe(scenes.length);
  });
});

describe('the tour', () => {
  test('goes through its steps on the playground and ends where it is', () => {
    const store = createAppStore(visitor);
    TOUR.forEach(({ query }, i) => {
      goOnTour(store, i + 1);
      const { settings } = store.getState();
      expect(tourSlice.of(settings)).toBe(i + 1);
      expect(settings.page).toBe('playground');
      expect(settings.columns).toEqual(readAddress(query).settings.columns);
    });
    const { columns } = store.getState().settings;
    goOnTour(store, 0);
    expect(store.getState().settings).toMatchObject({ page: 'playground', columns });
    expect(tourSlice.of(store.getState().settings)).toBe(0);
  });

  test('nothing that one step switched on stays on in the next', () => {
    const store = createAppStore(visitor);
    goOnTour(store, 6);
    expect(store.getState().settings.overlay).toBe(true);
    goOnTour(store, 7);
    expect(store.getState().settings).toMatchObject({ overlay: false, inside: false });
  });
});
