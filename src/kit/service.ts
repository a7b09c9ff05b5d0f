/** A handle on what one part of the page offers to the others, which know its type and not its maker. */
export interface Service<T> {
  readonly name: string;
  /** Only a type: two services of different types are not the same. */
  readonly offers?: (value: T) => T;
}

export function defineService<T>(name: string): Service<T> {
  return { name };
}

/** What the features of a page offer to each other. */
export class Services {
  readonly #offered = new Map<object, unknown>();

  provide<T>(service: Service<T>, value: T): void {
    this.#offered.set(service, value);
  }

  /** @throws Error where no feature provides the service */
  get<T>(service: Service<T>): T {
    if (!this.#offered.has(service)) {
      throw new Error(`The service "${service.name}" must be provided by a feature, and is not`);
    }
    return this.#offered.get(service) as T;
  }
}
