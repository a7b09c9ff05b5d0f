import { useCallback, useSyncExternalStore } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { drawSamples, fitCanvas, themeOf, tilingFor } from '../../kit/draw-samples';
import { usePictureDrawing } from '../../kit/use-picture-drawing';
import {
  type FirstColumn,
  type FirstPicturesData,
  firstPicturesOf,
} from '../../settings/first-pictures';
import drawn from './first-pictures/drawn.json';
import { playgroundWords } from './words';
import './first-pictures.css';

/** `npm run first-pictures` drew them, the site's default network's before the others'. */
const DRAWN = drawn as unknown as readonly FirstPicturesData[];
/** The addresses of their sheets, by file. */
const SHEETS = import.meta.glob<string>('./first-pictures/*.webp', {
  eager: true,
  query: '?url',
  import: 'default',
});

/**
 * Where a column has no pictures yet and asks for those that a network is opened with: the same
 * ones, drawn earlier, until its own come. They lie over its canvas.
 */
export function FirstPictures({ columnId }: { columnId: number }) {
  const { trajectories } = useApp();
  const { drawnEarlier } = useWords(playgroundWords);
  const waits = useSyncExternalStore(
    useCallback((listener) => trajectories.subscribe(listener), [trajectories]),
    () => trajectories.shown(columnId) === undefined,
  );
  const index = useAppState(({ columns }) => columns.findIndex(({ id }) => id === columnId));
  const isFailed = useAppState(
    ({ engine, columns }) => engine.status === 'failed' || columns[index]?.status === 'failed',
  );
  const settings = useAppState((state) => state.settings);
  const column = settings.columns[index];
  if (!waits || isFailed || !column) return null;
  const earlier = firstPicturesOf(DRAWN, settings, column);
  if (!earlier) return null;
  return (
    <div className="first-pictures">
      <EarlierSamples key={earlier.of.model} {...earlier} />
      <p>{drawnEarlier}</p>
    </div>
  );
}

function EarlierSamples({ of, column }: FirstColumn) {
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
          const tiling = tilingFor(undefined, { ...settings, count: of.count }, side);
          const height = fitCanvas(element, tiling, side);
          context.clearRect(0, 0, side, height);
          context.imageSmoothingQuality = 'high';
          const { shape, count } = of;
          const frame = {
            step: 0,
            shape,
            sigma: 0,
            x: pictures,
            denoised: pictures,
            outside: NONE,
          };
          const batch = { frame, shape, view: 'estimate' as const, overlay: false };
          drawSamples(context, { ...batch, count }, tiling, {
            ...themeOf(element),
            misread: new Set(),
            picked: settings.picked,
          });
        };
        void columnsOf(of).then((columns) => {
          pictures = columns[column];
          draw();
        });
        return draw;
      },
      [store, of, column],
    ),
  );
  return <canvas ref={canvas} />;
}

const NONE = new Int8Array(0);

const read = new Map<FirstPicturesData, Promise<Uint8Array[]>>();

/** The columns' pictures as bytes, [count, channels, height, width] each. */
function columnsOf(of: FirstPicturesData): Promise<Uint8Array[]> {
  const columns = read.get(of) ?? readSheet(of);
  read.set(of, columns);
  return columns;
}

async function readSheet(of: FirstPicturesData): Promise<Uint8Array[]> {
  const image = new Image();
  image.src = SHEETS[`./first-pictures/${of.model}.webp`]!;
  await image.decode();
  const [channels, height, width] = of.shape;
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(image, 0, 0);
  return of.columns.map((_, row) => {
    const { data } = context.getImageData(0, row * height, image.width, height);
    const bytes = new Uint8Array(of.count * channels * height * width);
    let at = 0;
    for (let sample = 0; sample < of.count; sample++) {
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
