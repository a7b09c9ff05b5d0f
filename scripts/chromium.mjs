// Finds a Chromium for the end-to-end tests, or installs one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment, root } from './packages.mjs';

const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * The path of a Chromium that starts: GUIDANCE_CHROMIUM, the system's, or Playwright's.
 *
 * @returns {Promise<string | undefined>}
 */
export async function findChromium() {
  const named = process.env.GUIDANCE_CHROMIUM;
  if (named) {
    if (!starts(named)) throw new Error(`GUIDANCE_CHROMIUM names no working browser: "${named}"`);
    return named;
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const installed = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  const { chromium } = await import('playwright');
  return [...installed, chromium.executablePath()].find(starts);
}

/**
 * A Chromium at any rate: installs one where there is none, and names it to child processes.
 *
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  let path = await findChromium();
  if (!path) {
    console.log('No Chromium found: installing the one of Playwright …');
    execute('npx', ['playwright', 'install', 'chromium']);
    path = await findChromium();
  }
  if (!path && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    // Brings the shared libraries too, which Playwright's browser may have lacked.
    console.log('Installing Chromium with apt-get …');
    execute('apt-get', ['update', '-q']);
    execute('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium']);
    path = await findChromium();
  }
  if (!path) {
    throw new Error(
      'No Chromium could be found or installed. Install Chromium or Chrome, or set GUIDANCE_CHROMIUM to its path.',
    );
  }
  process.env.GUIDANCE_CHROMIUM = path;
  return path;
}

/** @param {string} path */
function starts(path) {
  if (!existsSync(path)) return false;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function execute(command, args) {
  const shell = process.platform === 'win32';
  spawnSync(command, args, { cwd: root, env: environment, stdio: 'inherit', shell });
}
