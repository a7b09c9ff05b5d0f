/** Values by keys, limited in bytes: those used longest ago are forgotten first. */
export class ByteBudget<V> {
  /** The one used last is last. */
  readonly #values = new Map<string, V>();
  readonly #budgetBytes: number;
  readonly #bytesOf: (value: V) => number;
  #bytes = 0;

  constructor(budgetBytes: number, bytesOf: (value: V) => number) {
    this.#budgetBytes = budgetBytes;
    this.#bytesOf = bytesOf;
  }

  get(key: string): V | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, value);
    }
    return value;
  }

  /** Like `get`, without counting as a use. */
  peek(key: string): V | undefined {
    return this.#values.get(key);
  }

  put(key: string, value: V): void {
    this.#remove(key);
    this.#values.set(key, value);
    this.#bytes += this.#bytesOf(value);
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#budgetBytes) break;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#values.clear();
    this.#bytes = 0;
  }

  #remove(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#bytes -= this.#bytesOf(value);
  }
}
