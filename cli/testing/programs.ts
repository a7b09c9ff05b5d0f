import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program's main function in this process, one at a time: starting Node takes a second. */
export async function inProcess(
  main: (args: readonly string[]) => Promise<number>,
  args: readonly string[],
): Promise<Ended> {
  const printed = { stdout: '', stderr: '' };
  const log = vi.spyOn(console, 'log').mockImplementation((line) => {
    printed.stdout += `${line}\n`;
  });
  const error = vi.spyOn(console, 'error').mockImplementation((line) => {
    printed.stderr += `${line}\n`;
  });
  try {
    const code = await main(args);
    return { code, ...printed };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

/** Runs a program as `npm run` does. */
export function asProgram(file: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const node = ['--import', 'tsx', file, ...args];
    execFile(process.execPath, node, { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
