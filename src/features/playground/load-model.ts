import { Cancelled, type EngineClient, EngineError, type Loaded } from '../../engine/client';
import { type BackendInfo, LARGEST_BATCH } from '../../engine/protocol';
import { messageOf } from '../../networks/errors';
import type { DenoiserManifest } from '../../networks/manifest';
import { axesFittedTo, axisSetting, newAxis } from '../../settings/axes';
import type { Named } from '../../settings/column';
import { withKnownClasses } from '../../settings/run-settings';
import { type Axis, firstCount, fittedToModel, type Settings } from '../../settings/settings';
import { slicesFittedTo } from '../../settings/slice';
import type { Notice, Store } from '../../settings/store';
import { sampleNames } from '../../settings/subject';

/**
 * Loads the model of the settings, or the site's default one; the engine's state ends as `ready` or
 * `failed`.
 *
 * @param baseUrl folder of the models, absolute
 * @param switching whether the model replaces another one that the settings were made for
 */
export async function loadModel(
  store: Store,
  client: Pick<EngineClient, 'load'>,
  baseUrl: string,
  switching: boolean,
): Promise<void> {
  const { engine, settings: asked } = store.getState();
  const { model, backend, precision, maxBatch, ...page } = asked;
  const before = engine.status === 'ready' ? engine.manifest : undefined;
  store.setState({ engine: { status: 'loading', progress: undefined } });
  try {
    const loaded = await client.load(
      {
        modelId: model,
        baseUrl,
        backend,
        precision,
        maxBatch: maxBatch || undefined,
        rows: firstRows(page),
      },
      (progress) => store.setState({ engine: { status: 'loading', progress } }),
    );
    if (switching && before && !isSameKind(before, loaded.manifest))
      forgetNames(store, loaded.manifest);
    setReady(store, loaded, switching);
  } catch (error) {
    if (error instanceof Cancelled) return;
    const kind = error instanceof EngineError ? error.kind : 'engine';
    store.setState({ engine: { status: 'failed', kind, message: messageOf(error) } });
  }
}

/** Whether what is asked of one network by name can mean anything to another. */
function isSameKind(one: Named, other: Named): boolean {
  return (one.prompts === undefined) === (other.prompts === undefined);
}

/** A prompt is no class, and a class no prompt: another network of the other kind begins with its own. */
function forgetNames(store: Store, manifest: DenoiserManifest): void {
  store.setState(({ settings }) => {
    const { gridRows, gridColumns } = settings;
    const own: Settings = {
      ...settings,
      // Each sample goes through several networks.
      count: Math.min(settings.count, firstCount(manifest)),
      subject: { kind: 'class', name: '' },
      columns: settings.columns.map((column) => withKnownClasses(column, { classes: [] })),
    };
    const begun = (axis: Axis, other: Axis) =>
      axisSetting(axis.key)?.axis.ofClasses ? newAxis(axis.key, own, manifest, other) : axis;
    return {
      settings: {
        ...own,
        gridRows: begun(gridRows, gridColumns),
        gridColumns: begun(gridColumns, gridRows),
      },
    };
  });
}

/** The engine is ready: what its model does not know leaves the settings, and a notice says so. */
export function setReady(
  store: Store,
  { manifest, info, warnings }: Loaded,
  switching: boolean,
): void {
  store.setState(({ settings: wanted, notice: before }) => {
    const notice = switching ? undefined : before; // it was about another network
    const others = switching && {
      ...axesFittedTo(wanted, manifest),
      slices: slicesFittedTo(wanted.slices, manifest),
    };
    const { settings, ignored } = fittedToModel({ ...wanted, ...others }, manifest);
    const misread = notice?.kind === 'misread' ? notice.pieces : [];
    // That another model has other classes goes without saying.
    const pieces = [...misread, ...ignored.filter(({ key }) => !switching || key !== 'draw')];
    return {
      settings,
      engine: { status: 'ready', info, manifest },
      notice: pieces.length
        ? { kind: switching ? 'refitted' : 'misread', pieces }
        : warnings.length
          ? { kind: 'unchecked', warnings }
          : (notice ?? fallbackNotice(info)),
    };
  });
}

/** Where a graphics adapter is there and fails. That there is none is no fault: the badge says so. */
function fallbackNotice({ fallback }: BackendInfo): Notice | undefined {
  switch (fallback?.reason) {
    case 'no-device':
    case 'trial-failed':
      return { kind: 'fallback', reason: fallback.reason };
    default:
      return undefined;
  }
}

/** Rows of the network's first run: conditional and unconditional, as far as one batch goes. */
function firstRows(page: Pick<Settings, 'subject' | 'count' | 'layout'>): number {
  const samples = page.layout === 'grid' ? 1 : sampleNames(page).length;
  return Math.min(LARGEST_BATCH, 2 * samples);
}
