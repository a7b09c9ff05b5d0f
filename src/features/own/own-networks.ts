import { createStore, type StoreApi } from 'zustand/vanilla';
import { believedLost, outdoing } from '../../diffusion/rivals';
import { EngineError } from '../../engine/client';
import type {
  BackendChoice,
  ComparedNetwork,
  ComparisonRequest,
  LoadProgress,
  OwnFiles,
} from '../../engine/protocol';
import type { ColumnRuns } from '../../kit/services';
import { messageOf } from '../../networks/errors';
import type { ListedModel } from '../../networks/listed';
import type { DenoiserManifest } from '../../networks/manifest';
import { readHints } from '../../networks/own/own-hints';
import {
  isOwnId,
  type OwnSettings,
  settingsProblems,
  suggested,
} from '../../networks/own/own-network';
import { type OwnConvention, rivalsOf } from '../../networks/own/rivals';
import { change, type Store } from '../../settings/store';
import {
  changed,
  corrections,
  type Draft,
  filesOf,
  otherFiles,
  readDraft,
  saidBy,
  wholeModel,
} from './draft';
import { type NetworkStorage, readKept, type UnreadableNetwork } from './storage';

const NO_TRIAL = { trial: undefined, compared: undefined } as const;

/** What the trial found out of a network's convention. */
export interface Compared {
  /** The best one first, of those that draw pictures at all. */
  readonly fits: readonly { readonly convention: OwnConvention; readonly error: number }[];
  /** How many conventions were compared. */
  readonly of: number;
  /** By what the form says the network failed: nothing is filled in. */
  readonly lost: boolean;
}

/** The dialog of a visitor's own networks. */
export interface OwnState {
  readonly shown: boolean;
  readonly draft: Draft | undefined;
  /** What does not fit, a line each. */
  readonly problems: readonly string[];
  /** How well conventions fit the draft, by the last trial. */
  readonly compared: Compared | undefined;
  /** How the trial stands; undefined: none is under way. */
  readonly trial: { readonly progress: LoadProgress | undefined } | undefined;
  /** Networks that were brought, the newest last. */
  readonly networks: readonly DenoiserManifest[];
  /** Why networks are gone after a reload: the browser does not keep them. */
  readonly unkept: string | undefined;
  /** What this browser has kept and cannot be read. */
  readonly unreadable: readonly UnreadableNetwork[];
}

export interface OwnNetworksOptions {
  readonly store: Store;
  readonly storage: NetworkStorage;
  readonly runner: () => Pick<ColumnRuns, 'switchTo'>;
  /**
   * Loads a network on an engine of its own, with its trial forwards, unless another convention fits
   * it clearly better.
   *
   * @throws EngineError
   */
  readonly tryOut: (
    files: OwnFiles,
    compare: ComparisonRequest | undefined,
    backend: BackendChoice,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ) => Promise<ComparedNetwork | undefined>;
}

const NETWORK_FILE = /\.(onnx|ort|pb|pt|pth|ckpt|safetensors|h5|tflite)$/i;

/**
 * The networks that the visitor brought: reads their files, asks what those do not say, tries them
 * out, keeps them in this browser, and lists them among the site's. Nothing leaves the machine.
 */
export class OwnNetworks {
  readonly state: StoreApi<OwnState>;
  readonly #options: OwnNetworksOptions;
  readonly #files = new Map<string, OwnFiles>();
  readonly #read: Promise<void>;
  /** Counts what replaces a draft, so that what belongs to an older one is dropped. */
  #turn = 0;
  #abort = new AbortController();

  constructor(options: OwnNetworksOptions) {
    this.#options = options;
    this.state = createStore<OwnState>()(() => ({
      shown: false,
      draft: undefined,
      problems: [],
      compared: undefined,
      trial: undefined,
      networks: [],
      unkept: undefined,
      unreadable: [],
    }));
    this.#read = this.#readKept();
  }

  show(): void {
    this.state.setState({ shown: true });
  }

  /** Closes the dialog; a trial under way is given up. */
  hide(): void {
    this.#replaced();
    this.state.setState({ shown: false, draft: undefined, problems: [], ...NO_TRIAL });
  }

  /** Whether dropped files are meant for here: networks, or anything while the dialog is shown. */
  takes(files: readonly Pick<File, 'name'>[]): boolean {
    return this.state.getState().shown || files.some(({ name }) => NETWORK_FILE.test(name));
  }

  /** Reads an ONNX file, JSON files beside it, or both, and shows what came of it. */
  async take(files: readonly File[]): Promise<void> {
    const turn = this.#replaced();
    const { draft: before } = this.state.getState();
    const json = files.filter(({ name }) => /\.json$/i.test(name));
    const others = files.filter((file) => !json.includes(file));
    const graphs = others.filter(({ name }) => /\.onnx$/i.test(name));
    const graph = graphs[0] ?? others[0];
    const problems: string[] = [];
    if (graphs.length > 1) problems.push(`One network at a time, got ${graphs.length}.`);
    let draft = graph ? undefined : before;
    if (graph) {
      try {
        const weights = graphs.length === 1 ? others.filter((file) => file !== graph) : [];
        const bytes = await wholeModel(graph, weights);
        draft = readDraft(graph.name, bytes, [graph, ...weights], problems);
      } catch (error) {
        const hint = NETWORK_FILE.test(graph.name) && !/\.onnx$/i.test(graph.name);
        const advice = hint ? '. Export the network by torch.onnx.export.' : '';
        problems.push(`${messageOf(error)}${advice}`);
      }
    }
    for (const file of json) {
      const read = readHints(await file.text(), file.name);
      problems.push(...read.problems);
      if (!draft) continue;
      const { hints, said, unused } = draft;
      draft = {
        ...draft,
        hints: { ...hints, ...read.value },
        said: Object.keys(read.value).length > 0 ? [...said, file.name] : said,
        unused: [...new Set([...unused, ...read.unused])],
      };
    }
    if (json.length > 0 && draft) problems.push(...(await otherFiles(draft)));
    if (json.length > 0 && draft?.ports) {
      const { ports, hints, fileName } = draft;
      draft = { ...draft, settings: suggested(ports, hints, fileName), told: saidBy(ports, hints) };
    }
    if (json.length > 0 && !draft)
      problems.push('The network itself is missing: drop its ONNX file.');
    if (turn !== this.#turn) return;
    this.state.setState({ shown: true, draft, problems, ...NO_TRIAL });
  }

  change(changes: Partial<OwnSettings>): void {
    this.state.setState(({ draft }) =>
      draft?.settings
        ? { draft: changed(draft, draft.settings, changes, 'chosen'), problems: [] }
        : {},
    );
  }

  /**
   * Tries the draft out, and if it fits keeps it and opens it on the page. If another convention fits
   * clearly better, that is put into the form instead; the next trial takes what stands there.
   */
  async use(): Promise<void> {
    const { draft, compared: before } = this.state.getState();
    if (!draft?.ports || !draft.settings) return;
    const rivals = before ? [] : rivalsOf(draft.settings, draft.ports);
    const compare = rivals.length > 1 ? { rivals, labels: draft.settings.labels } : undefined;
    const problems = settingsProblems(draft.settings, draft.ports);
    if (problems.length > 0) {
      this.state.setState({ problems });
      return;
    }
    const turn = this.#replaced();
    const { signal } = this.#abort;
    this.state.setState({ problems: [], trial: { progress: undefined } });
    const files = await filesOf(draft, draft.ports, draft.settings);
    if (turn !== this.#turn) return;
    const { backend } = this.#options.store.getState().settings;
    try {
      const onProgress = (progress: LoadProgress) => {
        if (turn === this.#turn) this.state.setState({ trial: { progress } });
      };
      const found = await this.#options.tryOut(files, compare, backend, onProgress, signal);
      if (turn !== this.#turn) return;
      if (found && this.#corrects(draft, draft.settings, rivals, found)) return;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.state.setState({ problems: messageOf(error).split('\n'), trial: undefined });
      return;
    }
    if (turn !== this.#turn) return;
    const { id } = files.manifest;
    this.#files.set(id, files);
    let unkept: string | undefined;
    try {
      await this.#options.storage.put(files);
    } catch (error) {
      unkept = messageOf(error);
    }
    this.state.setState({ unkept });
    this.#list();
    await this.choose(id);
    // The dialog is closed now, and opening a network takes the notices of the one before away.
    if (unkept !== undefined) {
      this.#options.store.setState({ notice: { kind: 'not-kept', reason: unkept } });
    }
  }

  /**
   * Whether what was found out is another thing than what the form says. It is filled in then, but where
   * the network failed by what the form says: that may be right, and is left to the visitor.
   */
  #corrects(
    draft: Draft,
    settings: OwnSettings,
    rivals: readonly OwnConvention[],
    found: ComparedNetwork,
  ): boolean {
    const changes = corrections(draft, settings, rivals, found);
    const lost = believedLost(found) && outdoing(found) !== undefined;
    if (Object.keys(changes).length === 0 && !lost) return false;
    const fits = found.fits
      .filter(({ error }) => error < Infinity)
      .map(({ rival, error }) => ({ convention: rivals[rival]!, error }));
    this.state.setState({
      draft: changed(draft, settings, changes, 'measured'),
      compared: { fits, of: found.fits.length, lost },
      trial: undefined,
    });
    return true;
  }

  /** Opens a network that was brought, in the playground. */
  async choose(id: string): Promise<void> {
    this.hide();
    change(this.#options.store, { page: 'playground' });
    await this.#options.runner().switchTo(id);
  }

  /** Deletes a network; the page goes on with it until another is opened. */
  async remove(id: string): Promise<void> {
    try {
      await this.#options.storage.remove(id);
    } catch (error) {
      // A browser that keeps nothing has nothing to delete.
      if (this.state.getState().unkept === undefined) {
        this.state.setState({ problems: [messageOf(error)] });
        return;
      }
    }
    // Listed until it is gone: a reload in between must not bring back what was shown as deleted.
    this.#files.delete(id);
    this.state.setState(({ unreadable }) => ({
      unreadable: unreadable.filter((kept) => kept.id !== id),
    }));
    this.#list();
  }

  /**
   * The files of a brought network, for the engine.
   *
   * @returns undefined for ids of other networks
   * @throws EngineError where this browser has no such network (any more)
   */
  find(id: string): Promise<OwnFiles> | undefined {
    return isOwnId(id) ? this.#find(id) : undefined;
  }

  /** What was under way for the draft is given up. */
  #replaced(): number {
    this.#abort.abort();
    this.#abort = new AbortController();
    return ++this.#turn;
  }

  async #find(id: string): Promise<OwnFiles> {
    await this.#read;
    const files = this.#files.get(id);
    if (files) return files;
    const why = this.state.getState().unkept ?? 'it was brought on another one, or deleted';
    const message = `The network "${id}" is not in this browser: ${why}. Drop its ONNX file on this page again.`;
    throw new EngineError('unknown-model', message);
  }

  async #readKept(): Promise<void> {
    try {
      const unreadable: UnreadableNetwork[] = [];
      for (const [id, kept] of await this.#options.storage.all()) {
        const read = readKept(id, kept);
        if ('reason' in read) unreadable.push(read);
        else this.#files.set(id, read);
      }
      this.state.setState({ unreadable });
      if (this.#files.size > 0) this.#list();
    } catch (error) {
      this.state.setState({ unkept: messageOf(error) });
    }
  }

  /** Shows what there is: in the dialog, and among the networks of the site. */
  #list(): void {
    const networks = [...this.#files.values()].map(({ manifest }) => manifest);
    this.state.setState({ networks });
    const own = networks.map(
      (manifest): ListedModel => ({
        manifest,
        origin: 'own',
        thumbnail: undefined,
        files: [],
        later: [],
      }),
    );
    this.#options.store.setState(({ models }) => ({
      models: {
        ...models,
        list: [...models.list.filter(({ origin }) => origin === 'site'), ...own],
      },
    }));
  }
}
