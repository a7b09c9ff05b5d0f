import type { App } from '../../kit/feature';
import { type ColumnRuns, columnRuns } from '../../kit/services';
import { messageOf } from '../../networks/errors';
import { fittedToModel } from '../../settings/settings';
import { openSettings, type Store } from '../../settings/store';
import { ExportError, type ExportedPage, parseExport } from './export';

/** An export holds some tens of kilobytes; anything far larger is not read. */
const MOST_BYTES = 4_000_000;

/**
 * Makes the page what an exported file says, with the file's model if that is another one. A file
 * that is no export changes nothing; either way a notice tells.
 */
export async function restoreFrom(
  file: Pick<File, 'name' | 'size' | 'text'>,
  {
    store,
    runner,
    pages,
  }: {
    readonly store: Store;
    readonly runner: Pick<ColumnRuns, 'load'>;
    /** Ids of the pages that there are. */
    readonly pages: readonly string[];
  },
): Promise<void> {
  let parsed: ReturnType<typeof parseExport>;
  try {
    if (file.size > MOST_BYTES) {
      const most = `${MOST_BYTES / 1e6} MB`;
      const got = `${(file.size / 1e6).toFixed(1)} MB`;
      throw new ExportError(`${file.name} must be an export of at most ${most}, got ${got}`);
    }
    parsed = parseExport(await file.text(), file.name, store.getState().settings);
    const { page } = parsed.settings;
    if (!pages.includes(page)) {
      throw new ExportError(`${file.name}: page must be one of ${pages.join(', ')}, got "${page}"`);
    }
  } catch (error) {
    const reason = messageOf(error);
    store.setState({ notice: { kind: 'unreadable', reason } });
    return;
  }
  const { settings, model } = parsed;
  const { engine, settings: before } = store.getState();
  const loaded =
    engine.status === 'ready' &&
    engine.manifest.id === model.id &&
    before.backend === settings.backend &&
    before.precision === settings.precision &&
    before.maxBatch === settings.maxBatch;
  if (loaded) {
    const fitted = fittedToModel({ ...settings, model: before.model }, engine.manifest);
    openSettings(store, fitted.settings);
    if (fitted.ignored.length) {
      store.setState({ notice: { kind: 'misread', pieces: fitted.ignored } });
      return;
    }
  } else {
    // First, so that the settings do not run on the model before.
    store.setState({ engine: { status: 'loading', progress: undefined } });
    openSettings(store, settings);
    await runner.load();
  }
  tell(store, file.name, model);
}

/** Says that the page is restored, and whether its network is still the one of the file. */
function tell(store: Store, file: string, { files }: ExportedPage['model']): void {
  const { engine, notice } = store.getState();
  if (engine.status !== 'ready' || notice?.kind === 'misread') return;
  const now = new Map(engine.manifest.files.map(({ name, sha256 }) => [name, sha256]));
  const changed = files.some(({ name, sha256 }) => now.get(name) !== sha256);
  store.setState({ notice: { kind: 'restored', file, changed } });
}

/** Restores the page from a file. */
export function restore(file: File, { store, services, features }: App): Promise<void> {
  const pages = features.flatMap(({ id, page }) => (page ? [id] : []));
  return restoreFrom(file, { store, runner: services.get(columnRuns), pages });
}
