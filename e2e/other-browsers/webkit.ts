import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { Command, Wire } from './driver';
import { end, waitFor } from './processes';

/**
 * WebKitGTK's MiniBrowser, by its driver, on the screen that there is or on a virtual one.
 *
 * @param program WebKitWebDriver
 * @param xvfb the program that gives a virtual screen, where there is no other
 */
export async function startWebKit(program: string, xvfb: string | undefined): Promise<Wire> {
  const screen = xvfb === undefined ? undefined : await virtualScreen(xvfb);
  const port = await freePort();
  const environment = {
    ...process.env,
    ...(screen && { DISPLAY: screen.display, WAYLAND_DISPLAY: '' }),
  };
  const driver = spawn(program, [`--port=${port}`], { stdio: 'ignore', env: environment });
  const close = async () => {
    await end(driver);
    if (screen) await end(screen.process);
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitFor('WebKitWebDriver', driver, () =>
      fetch(`${url}/status`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  } catch (error) {
    await close();
    throw error;
  }
  return new WebDriverService(url, close);
}

/** https://www.w3.org/TR/webdriver2/#endpoints */
const ENDPOINTS: Readonly<Record<Command, readonly [method: string, path: string]>> = {
  NewSession: ['POST', ''],
  Navigate: ['POST', '/url'],
  ExecuteAsyncScript: ['POST', '/execute/async'],
  SetWindowRect: ['POST', '/window/rect'],
  TakeScreenshot: ['GET', '/screenshot'],
};

class WebDriverService implements Wire {
  readonly #url: string;
  readonly #close: () => Promise<void>;
  #session = '';

  constructor(url: string, close: () => Promise<void>) {
    this.#url = url;
    this.#close = close;
  }

  async send(command: Command, parameters: Readonly<Record<string, unknown>>): Promise<unknown> {
    const [method, path] = ENDPOINTS[command];
    const value = await this.#request(method, path, parameters);
    if (command === 'NewSession') this.#session = `/${(value as { sessionId: string }).sessionId}`;
    return value;
  }

  async close(): Promise<void> {
    // Without the end of its session the driver leaves its browser running.
    if (this.#session) await this.#request('DELETE', '').catch(() => {});
    await this.#close();
  }

  async #request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/session${this.#session}${path}`, {
      method,
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: unknown };
    if (response.ok) return value;
    throw new Error(`WebKit, ${method} ${path}: ${(value as { message: string }).message}`);
  }
}

async function virtualScreen(
  xvfb: string,
): Promise<{ readonly display: string; readonly process: ChildProcess }> {
  const options = ['-displayfd', '1', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'];
  const process = spawn(xvfb, options, { stdio: ['ignore', 'pipe', 'ignore'] });
  let told = '';
  process.stdout.on('data', (data) => {
    told += data;
  });
  const display = await waitFor('a virtual screen', process, () => /^\d+(?=\n)/.exec(told)?.[0]);
  return { display: `:${display}`, process };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
