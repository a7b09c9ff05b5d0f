import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useApp, useAppState, useService, useWords } from '../../kit/app-context';
import type { App, SlotProps } from '../../kit/feature';
import { saveBlob } from '../../kit/save';
import { filmPictures } from '../../kit/services';
import { messageOf } from '../../networks/errors';
import type { AppState } from '../../settings/store';
import {
  animation,
  columnsGif,
  columnsPng,
  filmGif,
  gridPng,
  type Made,
  ownTakes,
  pageJson,
  type Ready,
  rowPng,
  samplePng,
} from './export-files';
import { restore } from './restore';
import './export.css';
import { exportWords } from './words';

/** Everything that can be taken away, and the way back: a file that restores the page. */
export function Export({ close, setProgress }: SlotProps['share']) {
  const app = useApp();
  const takeAway = useWords(exportWords);
  const input = useRef<HTMLInputElement>(null);
  const [making, setMaking] = useState(false);
  const grid = useAppState(({ settings }) => settings.layout === 'grid');
  const settled = useAppState(isSettled);
  const active = useAppState(
    ({ columns, settings }) => columns[settings.active]?.status === 'done',
  );
  const filled = useAppState((state) => state.grid.cells.some(({ status }) => status === 'done'));

  const shown = settled && active;
  const [picked, takes] = useFilmLengths();
  const item = (label: string, enabled: boolean, make: (now: Ready) => Promise<Made>) => (
    <button
      type="button"
      disabled={!enabled}
      onClick={async () => {
        close();
        await download(app, make);
        setMaking(false);
        setProgress(undefined);
      }}
    >
      {label}
    </button>
  );
  const onFrame = (done: number, of: number) => {
    setMaking(true);
    setProgress(takeAway.working(done, of));
  };
  const way = (all: boolean) => (now: Ready) => animation(now, all, onFrame);

  return (
    <>
      <h2>{takeAway.pictures}</h2>
      {grid ? (
        item(takeAway.grid, filled, gridPng)
      ) : (
        <>
          {item(takeAway.sample, shown, samplePng)}
          {item(takeAway.row, shown, rowPng)}
          {item(takeAway.columns, settled, columnsPng)}
          <h2>{takeAway.animations}</h2>
          {item(takeAway.sampleWay, shown && !making, way(false))}
          {item(takeAway.rowWay, shown && !making, way(true))}
          {item(takeAway.columnsWay, settled && !making, (now) => columnsGif(now, onFrame))}
          {item(takeAway.sampleFilm(picked), picked > 1 && !making, (now) =>
            filmGif(now, false, onFrame),
          )}
          {item(takeAway.film(takes), takes > 1 && !making, (now) => filmGif(now, true, onFrame))}
        </>
      )}
      <h2>{takeAway.page}</h2>
      {item(takeAway.json, grid ? filled : settled, pageJson)}
      <button type="button" onClick={() => input.current?.click()}>
        {takeAway.restore}
      </button>
      <p className="hint">{takeAway.restoreHint}</p>
      <input
        ref={input}
        hidden
        type="file"
        accept=".json,application/json"
        aria-label={takeAway.restore}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          close();
          if (file) void restore(file, app);
          target.value = ''; // so that the same file can be chosen again
        }}
      />
    </>
  );
}

/** How many scales the film has by now: of the picked sample, and of all. */
function useFilmLengths(): [picked: number, all: number] {
  const film = useService(filmPictures);
  const lengths = useSyncExternalStore(
    (listener) => film.subscribe(listener),
    () => `${ownTakes(film).length},${film.takes().length}`,
  );
  const [picked = 0, all = 0] = lengths.split(',').map(Number);
  return [picked, all];
}

/** Whether every picture on the page is what the settings say: what is exported is named after them. */
function isSettled({ engine, dragging, columns }: AppState): boolean {
  return (
    engine.status === 'ready' &&
    !dragging &&
    columns.every(
      ({ status, stale, filmScale }) =>
        (status === 'done' && !stale && filmScale === undefined) || status === 'failed',
    ) &&
    columns.some(({ status }) => status === 'done')
  );
}

/** Takes a file that is dropped anywhere on the page, and shows so while one is held over it. */
export function DropTarget() {
  const app = useApp();
  const takeAway = useWords(exportWords);
  const [over, setOver] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    const on = (
      type: 'dragenter' | 'dragover' | 'dragleave' | 'drop',
      act: (e: DragEvent) => void,
    ) => window.addEventListener(type, act, { signal: controller.signal });
    const accept = (event: DragEvent) => {
      // A dragged text or slider is not meant.
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    on('dragenter', accept);
    on('dragover', accept);
    on('dragleave', ({ relatedTarget }) => {
      if (!relatedTarget) setOver(false); // left the window
    });
    on('drop', (event) => {
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      for (const { openFiles } of app.features) {
        const open = openFiles?.(files, app);
        if (!open) continue;
        open();
        return;
      }
    });
    return () => controller.abort();
  }, [app]);
  return over && <div className="drop-target">{takeAway.drop}</div>;
}

/** Makes a file and has the browser save it; a notice tells why it could not be made. */
async function download(app: App, make: (now: Ready) => Promise<Made>): Promise<void> {
  const state = app.store.getState();
  if (state.engine.status !== 'ready') return;
  try {
    const { name, blob } = await make({ app, state, engine: state.engine });
    saveBlob(blob, name);
  } catch (error) {
    const reason = messageOf(error);
    app.store.setState({ notice: { kind: 'not-exported', reason } });
  }
}
