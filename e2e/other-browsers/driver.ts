/** The commands of W3C WebDriver that the tests need, by the names that Marionette gives them. */
export type Command =
  | 'NewSession'
  | 'Navigate'
  | 'ExecuteAsyncScript'
  | 'SetWindowRect'
  | 'TakeScreenshot';

/** A browser that obeys WebDriver, by whatever transport. */
export interface Wire {
  /** @returns the answer's value. @throws Error with what the browser says of a failure */
  send(command: Command, parameters: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Ends the browser and deletes what it kept. */
  close(): Promise<void>;
}

/** A busy machine is many times slower. */
const TIMEOUT_MS = 120_000;

/**
 * A browser that Playwright does not drive, by https://www.w3.org/TR/webdriver2/. Node 20 has no
 * WebSocket for WebDriver BiDi, and Debian no geckodriver: `Wire` is what is left to write.
 */
export class Driver {
  readonly #wire: Wire;
  readonly version: string;

  private constructor(wire: Wire, version: string) {
    this.#wire = wire;
    this.version = version;
  }

  static async begin(wire: Wire): Promise<Driver> {
    const timeouts = { script: TIMEOUT_MS, pageLoad: TIMEOUT_MS };
    try {
      const session = await wire.send('NewSession', {
        capabilities: { alwaysMatch: { timeouts } },
      });
      const { capabilities } = session as { capabilities: { browserVersion: string } };
      return new Driver(wire, capabilities.browserVersion);
    } catch (error) {
      await wire.close();
      throw error;
    }
  }

  async open(url: string): Promise<void> {
    await this.#wire.send('Navigate', { url });
  }

  /**
   * Runs a function in the page and awaits what it returns.
   *
   * @param script knows nothing but its arguments and the page, which it has as JSON
   */
  async evaluate<Args extends readonly unknown[], T>(
    script: (...args: Args) => T | Promise<T>,
    ...args: Args
  ): Promise<T> {
    const answer = await this.#wire.send('ExecuteAsyncScript', {
      script: `
        const done = arguments[arguments.length - 1];
        (async () => (${script})(...JSON.parse(arguments[0])))().then(
          (value) => done(JSON.stringify({ value })),
          (error) => done(JSON.stringify({ error: String(error) })),
        );`,
      args: [JSON.stringify(args)],
    });
    const { value, error } = JSON.parse(String(answer));
    if (error !== undefined) throw new Error(error);
    return value;
  }

  /** @param width of the window, in CSS pixels */
  async resize(width: number, height: number): Promise<void> {
    await this.#wire.send('SetWindowRect', { width, height });
  }

  /** What the window shows, as PNG. */
  async screenshot(): Promise<Buffer> {
    const base64 = await this.#wire.send('TakeScreenshot', { full: false });
    return Buffer.from(String(base64), 'base64');
  }

  close(): Promise<void> {
    return this.#wire.close();
  }
}
