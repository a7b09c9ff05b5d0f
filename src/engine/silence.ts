/** A worker that says nothing for so long may never do. Compiling a large network takes long too. */
const SILENT_AFTER_MS = 20_000;

/** Notices that nothing is heard of what was asked for. */
export class Silence {
  readonly #tell: (silent: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSilent = false;

  /** @param tell whether nothing has been heard for a long time, or something again */
  constructor(tell: (silent: boolean) => void) {
    this.#tell = tell;
  }

  /** From now on it is silent again; that is told if it lasts while anything is `awaited`. */
  heard(awaited: boolean): void {
    clearTimeout(this.#timer);
    if (this.#isSilent) {
      this.#isSilent = false;
      this.#tell(false);
    }
    if (!awaited) return;
    this.#timer = setTimeout(() => {
      this.#isSilent = true;
      this.#tell(true);
    }, SILENT_AFTER_MS);
  }
}
