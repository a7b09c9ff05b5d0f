import type { ComponentType } from 'react';
import type { EngineClient } from '../engine/client';
import type { Catalogue } from '../networks/library';
import type { Layout, Settings } from '../settings/settings';
import type { Slice } from '../settings/slice';
import type { AppState, Store } from '../settings/store';
import type { ResultCache } from './result-cache';
import type { Services } from './service';
import type { Trajectories } from './trajectories';
import type { Words } from './words/words';

/** What every feature of the page stands on. */
export interface App {
  readonly store: Store;
  readonly client: EngineClient;
  readonly trajectories: Trajectories;
  /** Finished runs that need not be run again. */
  readonly cache: ResultCache;
  /** Address of the models folder, ending in a slash. */
  readonly modelsUrl: string;
  /** The site's networks, read once. */
  readonly readCatalogue: () => Promise<Catalogue>;
  /** What the address bar leaves out. */
  readonly defaults: Settings;
  /** The settings that the page was opened with. */
  readonly opened: Settings;
  readonly features: readonly Feature[];
  readonly services: Services;
}

/** Where the pages are, in the order of the navigation. */
export const PLACES = ['play', 'learn', 'lab'] as const;
export type Place = (typeof PLACES)[number];

/** A page in the navigation. */
export interface FeaturePage {
  readonly place: Place;
  readonly words: Words<{ readonly page: string }>;
  readonly View: ComponentType;
  /** Behind the tabs of its place. */
  readonly BesideTabs?: ComponentType;
  /** The page's network is loaded when the page is first opened. */
  readonly needsNetwork?: boolean;
}

/** A way to arrange the columns of the playground. */
export interface StageLayout {
  readonly id: Layout;
  readonly words: Words<{ readonly name: string }>;
  readonly View: ComponentType<{ readonly headings: readonly string[] }>;
  /** In place of what the columns differ in. */
  readonly Caption?: ComponentType;
  /** What changes besides when it is chosen. */
  readonly opening?: (settings: Settings) => Partial<Settings>;
  /** It has runs of its own: no timeline, filmstrips or panels of the columns. */
  readonly isBusy?: (state: AppState) => boolean;
}

/** The places that features fill for others, and what stands there is told. */
export interface SlotProps {
  /**
   * In the menu that shares the page. `close` closes it; what is being made for it is said by
   * `setProgress` in place of the menu's name.
   */
  readonly share: { close(): void; setProgress(text: string | undefined): void };
  /** On every page: dialogs that are shown at times. */
  readonly everyPage: object;
  readonly playgroundTop: object;
  /** The network in use, and the choice of another. */
  readonly modelChoice: object;
  /** At the end of the list of networks; `onOpen` closes the list. */
  readonly modelList: { readonly onOpen: () => void };
  /** Below the columns and their timeline. */
  readonly belowColumns: { readonly headings: readonly string[] };
  /** Beside the panels of the plane: what else can be done with its data. */
  readonly besidePlane: object;
}
export type SlotName = keyof SlotProps;

/** A part of the page that registers itself: src/app/features.ts lists them. */
export interface Feature {
  readonly id: string;
  readonly words: Words<object>;
  /** Its part of the settings, or several. */
  readonly slice?: Slice<unknown> | readonly Slice<unknown>[];
  readonly page?: FeaturePage;
  readonly layout?: StageLayout;
  readonly slots?: { readonly [S in SlotName]?: ComponentType<SlotProps[S]> };
  /** Builds what the feature keeps for as long as the page is open, and offers it as services. */
  mount?(app: App): void;
  /** What is done with files dropped on the page; undefined: they are not meant for this feature. */
  openFiles?(files: readonly File[], app: App): (() => void) | undefined;
}
