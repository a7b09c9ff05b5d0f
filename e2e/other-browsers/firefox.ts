import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Wire } from './driver';
import { end, waitFor } from './processes';

/** @param preferences of about:config */
export async function startFirefox(
  program: string,
  preferences: Readonly<Record<string, unknown>> = {},
): Promise<Wire> {
  const profile = mkdtempSync(join(tmpdir(), 'firefox-'));
  const all = { ...QUIET, 'marionette.port': 0, ...preferences };
  const lines = Object.entries(all).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const options = ['--marionette', '--headless', '--no-remote', '--profile', profile];
  const process = spawn(program, options, { stdio: 'ignore' });
  try {
    const port = await waitFor('the port of Marionette', process, () => {
      const file = join(profile, 'MarionetteActivePort');
      return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    });
    return await Marionette.connect(port, process, profile);
  } catch (error) {
    await end(process);
    rmSync(profile, { recursive: true, force: true });
    throw error;
  }
}

/** No pages of its own, nothing asked of other hosts, and else what visitors have. */
const QUIET = {
  // Marionette lets pages that are opened as files read others.
  'remote.prefs.recommended': false,
  'browser.startup.page': 0,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.update.enabled': false,
};

/** https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html */
class Marionette implements Wire {
  readonly #socket: Socket;
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #received = Buffer.alloc(0);
  #asked = 0;

  private constructor(socket: Socket, process: ChildProcess, profile: string) {
    this.#socket = socket;
    this.#process = process;
    this.#profile = profile;
    socket.on('data', (data) => this.#receive(data));
    socket.on('error', () => {}); // The end of Firefox is told by `close`.
    socket.on('close', () => {
      for (const answer of this.#answers.values())
        answer([1, 0, { message: 'It has ended' }, null]);
    });
  }

  static async connect(port: number, process: ChildProcess, profile: string): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return new Marionette(socket, process, profile);
  }

  async send(command: Command, parameters: Readonly<Record<string, unknown>>): Promise<unknown> {
    const id = ++this.#asked;
    const text = JSON.stringify([0, id, `WebDriver:${command}`, parameters]);
    const answered = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    const [, , error, result] = await answered;
    this.#answers.delete(id);
    if (error) throw new Error(`Firefox, ${command}: ${error.message}`);
    return command === 'NewSession' ? result : (result?.value ?? null);
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    await end(this.#process);
    rmSync(this.#profile, { recursive: true, force: true });
  }

  /** Messages come as their length in bytes, a colon and JSON. */
  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      const length = Number(this.#received.toString('latin1', 0, Math.max(colon, 0)));
      const last = colon + 1 + length;
      if (colon < 0 || this.#received.length < last) return;
      const message = JSON.parse(this.#received.toString('utf8', colon + 1, last));
      this.#received = this.#received.subarray(last);
      // The first message says who it is, and is no array.
      if (Array.isArray(message)) this.#answers.get(message[1])?.(message as Answer);
    }
  }
}

type Answer = [
  type: 1,
  id: number,
  error: { readonly message: string } | null,
  result: { readonly value?: unknown } | null,
];
