import type { StoreApi } from 'zustand/vanilla';
import { messageOf } from '../../networks/errors';
import { readResultsFile } from './files';
import type { Stored } from './point-records';
import type { ExperimentState } from './state';
import type { ExperimentStorage } from './storage';

/** Results files whose curves are shown beside the page's own, stored beyond a reload. */
export class ImportedFiles {
  readonly #state: StoreApi<ExperimentState>;
  readonly #storage: ExperimentStorage;
  readonly #stored: Stored;

  constructor(state: StoreApi<ExperimentState>, storage: ExperimentStorage, stored: Stored) {
    this.#state = state;
    this.#storage = storage;
    this.#stored = stored;
  }

  /** Adds a file, in place of one of the same name. */
  async add(file: Pick<File, 'name' | 'text'>): Promise<void> {
    const text = await this.#show(file.name, () => file.text());
    if (text === undefined) return;
    this.#state.setState({ problem: undefined });
    await this.#stored(this.#storage.putFile(file.name, text));
  }

  async remove(name: string): Promise<void> {
    this.#state.setState(({ files }) => ({ files: files.filter((file) => file.name !== name) }));
    await this.#stored(this.#storage.removeFile(name));
  }

  /** Shows the files of earlier visits. */
  async read(): Promise<void> {
    const files = (await this.#stored(this.#storage.files())) ?? [];
    for (const [name, text] of files) await this.#show(name, async () => text);
  }

  /** @returns the file's text; undefined where it is no results file, which is told */
  async #show(name: string, read: () => Promise<string>): Promise<string | undefined> {
    try {
      const text = await read();
      const added = readResultsFile(text, name);
      this.#state.setState(({ files }) => ({
        files: [...files.filter((file) => file.name !== name), added],
      }));
      return text;
    } catch (error) {
      this.#state.setState({ problem: { kind: 'file', message: messageOf(error) } });
      return undefined;
    }
  }
}
