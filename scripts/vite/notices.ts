import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import type { Plugin } from 'vite';

/** Of the devDependencies, what the built site holds too. */
const SHIPPED = ['workbox-precaching'];

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Writes the licences of everything that the site is made of beside it. */
export function noticesPlugin(root: string): Plugin {
  return {
    name: 'guidance:notices',
    apply: 'build',
    generateBundle() {
      const fileName = 'THIRD-PARTY-NOTICES.txt';
      this.emitFile({ type: 'asset', fileName, source: thirdPartyNotices(root) });
    },
  };
}

/**
 * The licences of the packages that a package depends on, and of those that they depend on.
 *
 * @param root its folder
 * @throws Error for a package without a licence text or the name of its licence
 */
export function thirdPartyNotices(root: string): string {
  const notices = new Map<string, string>();
  const visit = (folder: string, names: readonly string[]) => {
    for (const name of names) {
      const found = folderOf(name, folder);
      // Optional for other systems.
      if (found === undefined) continue;
      const about = packageIn(found);
      const id = `${about.name} ${about.version}`;
      if (notices.has(id)) continue;
      notices.set(id, noticeOf(found, about));
      visit(found, Object.keys(about.dependencies ?? {}));
    }
  };
  visit(root, [...Object.keys(packageIn(root).dependencies ?? {}), ...SHIPPED]);
  const texts = [...notices].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return `What this site is made of besides its own program, and under which licences.\n\n${texts.join('\n')}`;
}

function noticeOf(folder: string, { name, version, license }: Package): string {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (license === undefined && texts.length === 0) {
    throw new Error(`${name} must have a licence to be shipped, got none`);
  }
  return [
    `${'='.repeat(72)}`,
    `${name} ${version} (${license ?? 'see below'})`,
    '',
    ...texts,
    '',
  ].join('\n');
}

function packageIn(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** As Node looks for it: in the folder, and in those above. */
function folderOf(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (at === parse(at).root) return undefined;
  }
}
