import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The path of the first of these programs that is installed. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/**
 * Waits until `ask` gives something.
 *
 * @throws Error naming `what` where the process ends before, or after a minute
 */
export async function waitFor<T>(
  what: string,
  process: ChildProcess,
  ask: () => T | Promise<T>,
): Promise<T & {}> {
  const failed = new Promise<never>((_, reject) => process.once('error', reject));
  failed.catch(() => {});
  for (let tries = 0; tries < 600; tries++) {
    const got = await Promise.race([ask(), failed]);
    if (got) return got;
    if (process.exitCode !== null) break;
    await pause(100);
  }
  throw new Error(`${what} did not come: ${process.spawnfile}, exit status ${process.exitCode}`);
}

/** Ends a process and waits until it is gone. */
export async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null || !process.pid) return;
  const gone = new Promise((resolve) => process.once('exit', resolve));
  process.kill();
  const late = setTimeout(() => process.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}
