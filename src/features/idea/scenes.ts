import type { App } from '../../kit/feature';
import { columnRuns } from '../../kit/services';
import { FIRST_VISIT, fittedToModel, type Settings } from '../../settings/settings';
import { type AppState, changeSlice, openSettings, type Store } from '../../settings/store';
import { presetSubject } from '../../settings/subject';
import { readAddress } from '../../settings/url';
import type { SectionId } from './sections';
import { cameFromSlice, tourSlice } from './settings';
import { TOUR } from './tour';

/** Few samples: each may go through several networks. */
const APPLE = 'model=pictures&draw=prompt:a red apple&n=4';

/**
 * What the buttons of the article open, as queries of the address: the page, and what differs there
 * from a plain playground. A scene about a network of its own names it, its subject and how many
 * samples.
 */
export const SCENES = {
  noise: 'scale=1&view=both&at=0.6',
  score: 'scale=1&view=noisy&at=0.35&steps=32',
  bayes: 'guidance=conditional,unconditional&scale=1,1',
  classifier: 'guidance=unconditional,classifier,classifier&scale=1,2,6&active=1',
  figure2: 'page=plane&plane=heat:noised!sigma:0.5',
  train: 'page=training&training=',
  implicit: 'scale=3&inside=on&gradient=on&at=0.3',
  training: 'guidance=conditional,unconditional&scale=1,1&view=both&at=0.4',
  sampling: 'scale=1,3,8&active=1',
  interval: 'scale=8,8&interval=all,0.2~2&active=1',
  cost: 'guidance=conditional,cfg,cfg,autoguidance&scale=1,3,3,3&interval=all,all,0.2~2,all&active=2',
  saturation: 'scale=2,15&overlay=on&active=1',
  diversity: 'scale=1,2,4,8&active=3',
  words: `${APPLE}&scale=1,4&active=1`,
  stages: `${APPLE}&scale=3,3&stages=1,all&active=1`,
  augmentation: `${APPLE}&scale=3,3&augmentation-2=0,0.3&active=1`,
  thresholds: `${APPLE}&scale=10,10&threshold=none,99.5&active=1`,
  uncond: 'page=experiments&experiment=p-uncond',
  negative: 'scale=1,0,-1&active=2',
  temperature: 'guidance=cfg,low-temperature,cfg&scale=1,1.3,2&active=1',
  plane:
    'page=plane&plane=g:0,0.35,-1.8,0.6,0.5!g:0,0.35,1.8,0.6,0.5!g:1,0.6,0.7,-0.2,0.6!g:2,0.6,0.2,-1.8,0.5' +
    '!run:sampler:heun,steps:24,scale:1!run:sampler:heun,steps:24,scale:4!active:1',
} as const;
export type SceneId = keyof typeof SCENES;

/**
 * The settings that a query stands for. The playground starts plain, with the visitor's own network,
 * subject, noise and number of samples; another page keeps everything that the query leaves out.
 */
function sceneSettings({ settings, engine }: AppState, query: string): Settings {
  const ofPlayground = !new URLSearchParams(query).has('page');
  const { layout, inside, gradient, overlay, view, position, picked, active } = FIRST_VISIT;
  const plain: Partial<Settings> = {
    ...{ layout, inside, gradient, overlay, view, position, picked, active },
    page: 'playground',
    subject:
      engine.status === 'ready'
        ? presetSubject(settings.subject, engine.manifest)
        : settings.subject,
  };
  const wanted = readAddress(query, ofPlayground ? { ...settings, ...plain } : settings).settings;
  const isForNetwork = engine.status === 'ready' && wanted.model === settings.model;
  return isForNetwork ? fittedToModel(wanted, engine.manifest).settings : wanted;
}

/** Opens a scene of the article, from one of its sections, with the network that it is about. */
export function openScene(
  { store, services }: Pick<App, 'store' | 'services'>,
  id: SceneId,
  from?: SectionId,
): void {
  const before = store.getState();
  const settings = sceneSettings(before, SCENES[id]);
  const isSwitch = settings.model !== before.settings.model;
  // The network that is left must not draw what is meant for the other.
  if (isSwitch) store.setState({ engine: { status: 'loading', progress: undefined } });
  openSettings(store, from ? cameFromSlice.put(settings, from) : settings);
  if (isSwitch) void services.get(columnRuns).load();
}

/** Goes to a step of the tour, 1 … its length, and sets the playground to it; 0 ends the tour there. */
export function goOnTour(store: Store, tour: number): void {
  const state = store.getState();
  const step = TOUR[tour - 1];
  const settings = step ? sceneSettings(state, step.query) : state.settings;
  if (step) openSettings(store, tourSlice.put(settings, tour));
  else changeSlice(store, tourSlice, 0);
}

/** Ends the tour and goes back to the article. */
export function leaveTour(store: Store): void {
  const { settings } = store.getState();
  store.setState({ settings: tourSlice.put({ ...settings, page: 'idea' }, 0) });
}
