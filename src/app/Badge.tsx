import { BATCH_SIZES, type BackendInfo } from '../engine/protocol';
import { useApp, useAppState, useService, useWords } from '../kit/app-context';
import { Select } from '../kit/Select';
import { columnRuns } from '../kit/services';
import { commonWords } from '../kit/words/words';
import type { Settings } from '../settings/settings';
import { change } from '../settings/store';
import { Menu } from './Menu';
import { appWords } from './words';

/** 0: as many as the device is good for. */
const BATCHES = [0, ...BATCH_SIZES];

/** Backend, adapter and precision, and what decided them. */
export function Badge() {
  const { store } = useApp();
  const runs = useService(columnRuns);
  const { notice } = useWords(commonWords);
  const { badge } = useWords(appWords);
  const engine = useAppState((state) => state.engine);
  const choice = useAppState(({ settings }) => settings.backend);
  const wanted = useAppState(({ settings }) => settings.precision);
  const wantedBatch = useAppState(({ settings }) => settings.maxBatch);
  if (engine.status !== 'ready') return null;
  const { info } = engine;
  const { backend, adapter, threads, precision, fallback, maxBatch } = info;
  const { dataset } = engine.manifest;
  const reload = (changes: Partial<Pick<Settings, 'backend' | 'precision' | 'maxBatch'>>) => {
    change(store, changes);
    void runs.load();
  };
  const device = backend === 'webgpu' ? `WebGPU · ${adapter}` : badge.wasm(threads);
  return (
    <Menu
      name="badge"
      data={{ 'data-backend': backend, 'data-precision': precision, 'data-max-batch': maxBatch }}
      title={`${badge.label} ${device} · ${precision}`}
      label={
        <>
          <span className="dot" aria-hidden="true" />
          <span className="visually-hidden">{badge.label} </span>
          <span className="device">
            {device} · {precision}
          </span>
          <span className="short-device" aria-hidden="true">
            {backend === 'webgpu' ? 'GPU' : 'CPU'}
          </span>
        </>
      }
    >
      {() => (
        <>
          {fallback && (
            <p>
              {notice.fallback[fallback.reason]}{' '}
              {fallback.detail && <small lang="en">{fallback.detail}</small>}
            </p>
          )}
          {choice === 'wasm' && <p>{badge.forced}</p>}
          <Precision info={info} />
          <Batch info={info} />
          <p>
            {engine.manifest.own
              ? badge.own(engine.manifest.own.file)
              : badge.license(dataset.name, dataset.licence)}
          </p>
          <Select
            label={badge.precision.label}
            value={wanted}
            entries={[
              { id: 'auto', label: badge.precision.auto },
              { id: 'fp16', label: 'fp16' },
              { id: 'fp32', label: 'fp32' },
            ]}
            onChange={(precision) => reload({ precision })}
          />
          <Select
            label={badge.batch.label}
            value={`${wantedBatch}`}
            entries={BATCHES.map((batch) => ({
              id: `${batch}`,
              label: batch ? `${batch}` : badge.batch.auto,
            }))}
            onChange={(batch) => reload({ maxBatch: Number(batch) })}
          />
          {fallback?.reason === 'software-adapter' ? (
            <button type="button" onClick={() => reload({ backend: 'webgpu' })}>
              {badge.useSoftware}
            </button>
          ) : backend === 'webgpu' ? (
            <button type="button" onClick={() => reload({ backend: 'wasm' })}>
              {badge.useWasm}
            </button>
          ) : (
            <button type="button" onClick={() => reload({ backend: 'auto' })}>
              {badge.useWebGpu}
            </button>
          )}
        </>
      )}
    </Menu>
  );
}

/** What the network computes in, why, and how far the first evaluation was from the stored answer. */
function Precision({
  info: { precision, precisionWhy, difference },
}: {
  readonly info: BackendInfo;
}) {
  const { badge } = useWords(appWords);
  const words = badge.precision;
  const why = precisionWhy ? words.why[precisionWhy.reason] : words.checked;
  return (
    <p>
      {words.computes(precision)} {why}{' '}
      {precisionWhy?.detail && <small lang="en">{precisionWhy.detail}</small>}{' '}
      {difference !== undefined && words.difference(`${Number(difference.toPrecision(1))}`)}
    </p>
  );
}

/** Most rows of one run, and why no more. */
function Batch({ info: { maxBatch, batchWhy } }: { readonly info: BackendInfo }) {
  const { badge } = useWords(appWords);
  return (
    <p>
      {badge.batch.most(maxBatch)} {batchWhy && badge.batch.why[batchWhy.reason]}{' '}
      {batchWhy?.detail && <small lang="en">{batchWhy.detail}</small>}
    </p>
  );
}
