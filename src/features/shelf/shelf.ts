import type { StudentName } from '../../diffusion/guidance/rule';
import type { ColumnRuns } from '../../kit/services';
import { modelFileUrl } from '../../networks/addresses';
import { messageOf } from '../../networks/errors';
import { NoAnswer } from '../../networks/in-time';
import { type Catalogue, type KeptFiles, partKey } from '../../networks/library';
import type { ListedModel, ModelsState, NamedFile } from '../../networks/listed';
import type {
  DenoiserManifest,
  Manifest,
  ModelFile,
  TextEncoderManifest,
} from '../../networks/manifest';
import type { Store } from '../../settings/store';

/**
 * The site's denoisers with the files that come with them.
 *
 * @param baseUrl absolute address of the models folder
 */
export function listedModels({ manifests, encoders }: Catalogue, baseUrl: string): ListedModel[] {
  const byId = new Map(manifests.map((manifest) => [manifest.id, manifest]));
  return manifests.flatMap((manifest) => {
    if (manifest.role !== 'denoiser') return [];
    const { id, thumbnail, companions = {}, prompts, stages = [] } = manifest;
    const encoder = prompts && encoders.find((other) => other.id === prompts.encoder);
    // The first run needs all of them, but for what only Chinese prompts need.
    const ofPrompts = encoder?.files.filter(({ name }) => FIRST_RUN.has(name)) ?? [];
    const lexicon = encoder?.files.filter(({ name }) => isLexicon(name, encoder)) ?? [];
    const ofStages = stages.flatMap(({ network }) => byId.get(network)?.files ?? []);
    const { features, ...others } = companions;
    const judge = features === undefined ? undefined : byId.get(features);
    const reference = judge && referenceOf(judge);
    const rest = Object.values(others).flatMap(
      (name) => (name === undefined ? undefined : byId.get(name)?.files) ?? [],
    );
    const studentOf = (name: StudentName) => {
      const student = byId.get(companions[name] ?? '');
      return student?.role === 'student' ? { [name]: student } : {};
    };
    const students = { ...studentOf('distilled'), ...studentOf('fast') };
    const listed: ListedModel = {
      manifest,
      origin: 'site',
      thumbnail: thumbnail && modelFileUrl(`${id}/${thumbnail.file}`, baseUrl).href,
      ...(Object.keys(students).length > 0 && { students }),
      encoder: encoder && {
        title: encoder.title,
        licence: encoder.licence,
        source: encoder.source,
      },
      files: [
        ...manifest.files,
        ...ofPrompts,
        ...ofStages,
        ...(judge?.files ?? []).filter((file) => file !== reference),
      ],
      later: [...rest, ...lexicon, ...(reference ? [reference] : [])],
    };
    return [listed];
  });
}

/** What of a text encoder's folder every prompt needs. */
const FIRST_RUN = new Set(['model.onnx', 'tokenizer.json']);

function isLexicon(name: string, { lexicons = {} }: TextEncoderManifest): boolean {
  return Object.values(lexicons).includes(name);
}

function referenceOf(manifest: Manifest): ModelFile | undefined {
  const name = manifest.role === 'features' ? manifest.reference?.file : undefined;
  return manifest.files.find((file) => file.name === name);
}

/** Size of these files, each counted once. */
export function bytesOf(files: readonly NamedFile[]): number {
  const sizes = new Map(files.map(({ sha256, bytes }) => [sha256, bytes]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Those of a model's files that are on this machine. */
export function keptOf({ files, later }: ListedModel, kept: ReadonlySet<string>): NamedFile[] {
  return [...files, ...later].filter(({ sha256 }) => kept.has(sha256));
}

/** What goes with a model: its files, unfinished ones too, but for those that another model that is kept has a use for. */
export function removable(model: ListedModel, { list, kept }: ModelsState): NamedFile[] {
  const own = ({ manifest }: ListedModel) => manifest.files.some(({ sha256 }) => kept.has(sha256));
  const others = list.filter((other) => other.manifest.id !== model.manifest.id && own(other));
  const needed = new Set(
    others.flatMap(({ files, later }) => [...files, ...later]).map(({ sha256 }) => sha256),
  );
  return [...model.files, ...model.later].filter(
    ({ sha256 }) => !needed.has(sha256) && (kept.has(sha256) || kept.has(partKey(sha256))),
  );
}

/** Whether another listed model is this one, trained with another p_uncond. */
export function hasVariants({ manifest }: ListedModel, list: readonly ListedModel[]): boolean {
  const what = ({ shape, classes, dataset }: DenoiserManifest) =>
    JSON.stringify([shape, classes, dataset.name]);
  return list.some(
    (other) =>
      other.manifest.pUncond !== undefined &&
      other.manifest.pUncond !== manifest.pUncond &&
      what(other.manifest) === what(manifest),
  );
}

/** Where the site's networks and the kept files are looked up. */
export interface ModelSource {
  /** Address of the models folder, ending in a slash. */
  readonly baseUrl: string;
  readCatalogue(): Promise<Catalogue>;
  readonly kept: KeptFiles;
}

/**
 * Keeps the list of models, and what of them is on this machine. The site's list is read once the
 * first network has been loaded, which it must not hold up, or when somebody asks for it.
 */
export class ModelShelf {
  readonly #store: Store;
  readonly #source: ModelSource;
  readonly #runner: Pick<ColumnRuns, 'switchTo'>;
  #reading: Promise<void> | undefined;

  constructor(store: Store, source: ModelSource, runner: Pick<ColumnRuns, 'switchTo'>) {
    this.#store = store;
    this.#source = source;
    this.#runner = runner;
    store.subscribe((state, before) => {
      if (state.engine.status === 'ready' && before.engine.status !== 'ready') void this.open();
    });
  }

  /** Reads what is not known yet: the site's list, once, and what is kept now. */
  open(): Promise<void> {
    this.#reading ??= this.#read();
    return this.#reading.then(() => this.#look());
  }

  /** Loads another model, and looks what has come with it. */
  async choose(id: string): Promise<void> {
    await this.#runner.switchTo(id);
    await this.#look();
  }

  /** Deletes what this machine keeps of a model, but for what another kept one uses. */
  async remove(id: string): Promise<void> {
    const { models } = this.#store.getState();
    const model = models.list.find(({ manifest }) => manifest.id === id);
    if (!model) return;
    await this.#source.kept.remove(removable(model, models).map(({ sha256 }) => sha256));
    await this.#look();
  }

  /** Deletes every file kept. */
  async removeAll(): Promise<void> {
    await this.#source.kept.removeAllBut(new Set());
    await this.#look();
  }

  async #read(): Promise<void> {
    try {
      const { baseUrl, readCatalogue, kept } = this.#source;
      const catalogue = await readCatalogue();
      const { problems, manifests } = catalogue;
      const own = this.#store.getState().models.list.filter(({ origin }) => origin === 'own');
      this.#change({ list: [...listedModels(catalogue, baseUrl), ...own], problems });
      // A network whose manifest cannot be read now may be wanted again later.
      if (problems.length > 0) return;
      const all = [...manifests, ...catalogue.encoders];
      const named = all.flatMap(({ files }) => files.map(({ sha256 }) => sha256));
      await kept.removeAllBut(new Set(named)).catch(() => undefined);
    } catch (error) {
      this.#reading = undefined;
      this.#change({ problems: [messageOf(error)] });
    }
  }

  async #look(): Promise<void> {
    // A browser may refuse its storage: nothing is kept then.
    const kept = await this.#source.kept.list().catch((error: unknown) => {
      if (error instanceof NoAnswer) this.#store.setState({ notice: { kind: 'storage-silent' } });
      return new Set<string>();
    });
    this.#change({ kept });
  }

  #change(changes: Partial<ModelsState>): void {
    this.#store.setState(({ models }) => ({ models: { ...models, ...changes } }));
  }
}
