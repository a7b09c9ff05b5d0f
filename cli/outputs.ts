import { constants, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { access, rename, rm, stat, writeFile } from 'node:fs/promises';
import { messageOf } from '../src/networks/errors';
import { ArgumentError } from './flags';

/** Before the work: whether a file can be written. @throws ArgumentError for one that cannot */
export async function checkOutput(flag: string, path: string): Promise<void> {
  let isFolder = false;
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    isFolder = found?.isDirectory() ?? false;
    if (found) await access(path, constants.W_OK);
    // Rights alone do not tell: root has them all, and a disk may be read-only.
    if (!found || found.isFile()) {
      // A name of its own: another program may be writing the same file.
      const trial = `${path}.${process.pid}.trial`;
      await writeFile(trial, '');
      await rm(trial);
    }
  } catch {
    throw cannotBeWritten(flag, path);
  }
  if (isFolder) throw new ArgumentError(`--${flag} must be a file, "${path}" is a folder`);
}

function cannotBeWritten(flag: string, path: string): ArgumentError {
  return new ArgumentError(`--${flag} must be in a folder that can be written to, got "${path}"`);
}

/** Writes the whole file or leaves the one before: never a half one. @throws Error that names the file */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const found = await stat(path).catch(() => undefined);
    // Nothing may take the place of a pipe or a device.
    if (found && !found.isFile()) return await writeFile(path, content);
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Error(`${path} could not be written: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Keeps other programs from writing a file, by one beside it with the number of this process.
 *
 * @returns gives it free again
 * @throws ArgumentError where a program that runs has it, or nothing can be written
 */
export function reserve(flag: string, path: string): () => void {
  const lock = `${path}.lock`;
  for (;;) {
    try {
      writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotBeWritten(flag, path);
    }
    const holder = holderOf(lock);
    if (holder !== undefined && isRunning(holder)) {
      throw new ArgumentError(
        `--${flag}: process ${holder} is writing ${path}; give another file, or wait for it (${lock})`,
      );
    }
    // Of a program that was killed.
    rmSync(lock, { force: true });
  }
}

function holderOf(lock: string): number | undefined {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(holder) && holder > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
