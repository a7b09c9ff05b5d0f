import type { LoadProgress } from '../engine/protocol';
import { clipped } from '../settings/short-text';
import { change, type Notice } from '../settings/store';
import { useApp, useAppState, useService, useWords } from './app-context';
import { megabytes } from './numbers';
import { columnRuns } from './services';
import { commonWords, type Strings } from './words/words';
import './notices.css';

/** Letters of one notice. */
const MOST_TOLD = 500;

/** How the loading stands, or why it failed; short notices. */
export function Notices() {
  return (
    <div className="notices">
      <Loading />
      <Silence />
      <ShortNotice />
    </div>
  );
}

/** The notice alone, for a page that needs no network. */
export function ShortNotice() {
  const { store } = useApp();
  const strings = useWords(commonWords);
  const notice = useAppState((state) => state.notice);
  const detail = notice && noticeDetail(notice);
  return (
    <div aria-live="polite">
      {notice && (
        <p className="notice" data-notice={notice.kind}>
          {clipped(noticeText(notice, strings), MOST_TOLD)}{' '}
          {detail && <span lang="en">{clipped(detail, MOST_TOLD)}</span>}{' '}
          <button type="button" onClick={() => store.setState({ notice: undefined })}>
            {strings.notice.dismiss}
          </button>
        </p>
      )}
    </div>
  );
}

/** Ways out, once the engine has said nothing of its work for a long time. */
function Silence() {
  const { client } = useApp();
  const words = useWords(commonWords);
  const silent = useAppState((state) => state.silent);
  return (
    <div aria-live="polite">
      {silent && (
        <p className="notice" data-silent="">
          {words.silent}{' '}
          <button type="button" onClick={() => client.restart()}>
            {words.retry}
          </button>{' '}
          <UseCpu />
        </p>
      )}
    </div>
  );
}

/** Another way where the GPU is in the way; nothing where the CPU computes already. */
export function UseCpu() {
  const { store } = useApp();
  const runs = useService(columnRuns);
  const { useCpu } = useWords(commonWords);
  const onGpu = useAppState(
    ({ engine, settings }) =>
      settings.backend !== 'wasm' && (engine.status !== 'ready' || engine.info.backend !== 'wasm'),
  );
  if (!onGpu) return null;
  return (
    <button
      type="button"
      onClick={() => {
        change(store, { backend: 'wasm' });
        void runs.load();
      }}
    >
      {useCpu}
    </button>
  );
}

function Loading() {
  const { store } = useApp();
  const runs = useService(columnRuns);
  const strings = useWords(commonWords);
  const engine = useAppState((state) => state.engine);
  switch (engine.status) {
    case 'ready':
      return null;
    case 'failed':
      return (
        <div className="notice error" role="alert" data-error={engine.kind}>
          <p>
            <strong>{strings.failure[engine.kind]}.</strong>{' '}
            <small lang="en">{clipped(engine.message, 2 * MOST_TOLD)}</small>
          </p>
          <button type="button" onClick={() => void runs.load()}>
            {strings.retry}
          </button>
          {engine.kind === 'engine' && <UseCpu />}
          {engine.kind === 'unknown-model' && (
            <button
              type="button"
              onClick={() => {
                change(store, { model: '' });
                void runs.load();
              }}
            >
              {strings.openDefault}
            </button>
          )}
        </div>
      );
    case 'loading': {
      const { progress } = engine;
      const download = progress?.phase === 'download' ? progress : undefined;
      return (
        <div className="notice" data-loading={progress?.phase ?? 'start'}>
          <p>{progressText(progress, strings)}</p>
          <progress
            aria-label={progressText(progress, strings)}
            {...(download && { value: download.receivedBytes, max: download.totalBytes })}
          />
        </div>
      );
    }
    default:
      return engine satisfies never;
  }
}

/** How a download or the preparation stands, in words. */
export function progressText(progress: LoadProgress | undefined, { loading }: Strings): string {
  switch (progress?.phase) {
    case undefined:
      return loading.start;
    case 'download': {
      if (progress.fromCache) return loading.fromCache;
      const { file, receivedBytes, totalBytes, waiting } = progress;
      const say = waiting ? loading.retrying : loading.download;
      return say(file, megabytes(receivedBytes), megabytes(totalBytes));
    }
    case 'prepare':
      return loading.prepare;
    case 'warm-up':
      return loading.warmUp;
    default:
      return progress satisfies never;
  }
}

function noticeText(notice: Notice, { notice: words }: Strings): string {
  switch (notice.kind) {
    case 'refitted':
      return words.refitted(notice.pieces.map(({ key, text }) => `${key}=${text}`).join(', '));
    case 'misread':
      return words.misread(notice.pieces.map(({ key, text }) => `${key}=${text}`).join(', '));
    case 'unchecked':
      return '';
    case 'device-lost':
      return words.deviceLost;
    case 'recovered':
      return [words.recovered, notice.maxBatch && words.smallerBatch(notice.maxBatch)]
        .filter(Boolean)
        .join(' ');
    case 'smaller-batch':
      return words.smallerBatch(notice.maxBatch);
    case 'full-precision':
      return words.fullPrecision;
    case 'fallback':
      return words.fallback[notice.reason];
    case 'restored':
      return `${words.restored(notice.file)} ${notice.changed ? words.changed : ''}`;
    case 'unreadable':
      return words.unreadable;
    case 'not-kept':
      return words.notKept;
    case 'not-exported':
      return words.notExported;
    case 'storage-silent':
      return words.storageSilent;
    default:
      return notice satisfies never;
  }
}

/** What errors and checks of files say, which is in English. */
function noticeDetail(notice: Notice): string | undefined {
  switch (notice.kind) {
    case 'unchecked':
      return notice.warnings.join(' ');
    case 'unreadable':
    case 'not-kept':
    case 'not-exported':
      return notice.reason;
    default:
      return undefined;
  }
}
