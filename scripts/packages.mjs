// What `npm start` and `npm test` need before any package is there: Node's own modules only.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

// onnxruntime-node's install script would download a GPU build that nothing here uses.
export const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };

/** Ends the program with one line unless this Node is new enough for Vite. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `Node 20.19 or newer is needed, this is ${process.versions.node}: https://nodejs.org`,
  );
  process.exit(1);
}

/** Installs the packages of package-lock.json where they are missing or older than it. */
export function installPackages() {
  // npm writes this file at the end of every installation.
  const installed = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing packages (npm ci) …');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error('npm ci failed: see its message above; a network connection is needed once.');
  process.exit(1);
}
