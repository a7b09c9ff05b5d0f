import { useCallback, useSyncExternalStore } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { drawSamples, fitCanvas, themeOf, tilingFor } from '../../kit/draw-samples';
import { usePictureDrawing } from '../../kit/use-picture-drawing';
import { type FirstPicturesData, firstPicturesOf } from '../../settings/first-pictures';
import drawnEarlier from './first-pictures.json';
import sheetAddress from './first-pictures.webp';
import { playgroundWords } from './words';
import './first-pictures.css';

/** `npm run first-pictures` drew them. */
const DATA = drawnEarlier as unknown as FirstPicturesData;

/**
 * Where a column has no pictures yet and asks for those of the first visit: the same ones, drawn
 * earlier, until its own come. They lie over its canvas.
 */
export function FirstPictures({ columnId }: { columnId: number }) {
  const { trajectories } = useApp();
  const { drawnEarlier } = useWords(playgroundWords);
  const waits = useSyncExternalStore(
    useCallback((listener) => trajectories.subscribe(listener), [trajectories]),
    () => trajectories.shown(columnId) === undefined,
  );
  const drawn = useAppState(({ settings, columns, engine }) => {
    const index = columns.findIndex(({ id }) => id === columnId);
    const column = settings.columns[index];
    const isFailed = engine.status === 'failed' || columns[index]?.status === 'failed';
    return column && !isFailed ? firstPicturesOf(DATA, settings, column) : undefined;
  });
  if (!waits || drawn === undefined) return null;
  return (
    <div className="first-pictures">
      <EarlierSamples drawn={drawn} />
      <p>{drawnEarlier}</p>
    </div>
  );
}

/** @param drawn the column drawn earlier */
function EarlierSamples({ drawn }: { drawn: number }) {
  const { store } = useApp();
  const canvas = usePictureDrawing(
    useCallback(
      (element) => {
        let pictures: Uint8Array | undefined;
        const draw = () => {
          const context = element.getContext('2d');
          const side = Math.round(element.clientWidth * devicePixelRatio);
          if (!context || side === 0 || !pictures) return;
          const { settings } = store.getState();
          const tiling = tilingFor(undefined, settings, side);
          const height = fitCanvas(element, tiling, side);
          context.clearRect(0, 0, side, height);
          context.imageSmoothingQuality = 'high';
          const { shape } = DATA;
          const frame = {
            step: 0,
            shape,
            sigma: 0,
            x: pictures,
            denoised: pictures,
            outside: NONE,
          };
          const batch = { frame, shape, view: 'estimate' as const, overlay: false };
          drawSamples(context, { ...batch, count: DATA.count }, tiling, {
            ...themeOf(element),
            misread: new Set(),
            picked: settings.picked,
          });
        };
        void sheetOfColumns().then((columns) => {
          pictures = columns[drawn];
          draw();
        });
        return draw;
      },
      [store, drawn],
    ),
  );
  return <canvas ref={canvas} />;
}

const NONE = new Int8Array(0);

let sheet: Promise<Uint8Array[]> | undefined;

/** The columns' pictures as bytes, [count, channels, height, width] each. */
function sheetOfColumns(): Promise<Uint8Array[]> {
  sheet ??= readSheet();
  return sheet;
}

async function readSheet(): Promise<Uint8Array[]> {
  const image = new Image();
  image.src = sheetAddress;
  await image.decode();
  const [channels, height, width] = DATA.shape;
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(image, 0, 0);
  return DATA.columns.map((_, row) => {
    const { data } = context.getImageData(0, row * height, image.width, height);
    const bytes = new Uint8Array(DATA.count * channels * height * width);
    let at = 0;
    for (let sample = 0; sample < DATA.count; sample++) {
      for (let c = 0; c < channels; c++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            bytes[at++] = data[4 * (y * image.width + sample * width + x) + c]!;
          }
        }
      }
    }
    return bytes;
  });
}
