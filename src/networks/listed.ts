import type { DenoiserManifest, ModelFile, TextEncoderManifest } from './manifest';

/** A file of a network, as its manifest names it. */
export type NamedFile = Pick<ModelFile, 'bytes' | 'sha256'>;

/** A denoiser that the visitor may choose. */
export interface ListedModel {
  readonly manifest: DenoiserManifest;
  /** Of the site, or the visitor's own, which is on no server. */
  readonly origin: 'site' | 'own';
  /** Address of a picture of its samples; undefined: there is none. */
  readonly thumbnail: string | undefined;
  /** Its students, by the names that it has for them as companions. */
  readonly students?: Readonly<Partial<Record<string, DenoiserManifest>>>;
  /** What reads its prompts. */
  readonly encoder?: Pick<TextEncoderManifest, 'title' | 'licence' | 'source'> | undefined;
  /** What choosing it downloads: itself, its encoder and stages, and its feature network. None of an own network. */
  readonly files: readonly NamedFile[];
  /** What rules and metrics download when they first need it. */
  readonly later: readonly NamedFile[];
}

/** What can be chosen, and what of it is on this machine. */
export interface ModelsState {
  readonly list: readonly ListedModel[];
  /** SHA-256 of the files that this machine keeps, and `partKey` of those whose download broke off. */
  readonly kept: ReadonlySet<string>;
  /** Why the site's networks, or some of them, are not listed. */
  readonly problems: readonly string[];
}

export const NO_MODELS: ModelsState = {
  list: [],
  kept: new Set(),
  problems: [],
};
