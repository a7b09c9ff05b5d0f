import { drawTiles, imagesOf, type ShownSamples, type Tiling } from '../../kit/draw-samples';
import { type Ink, inkOf, picturesOf } from '../../kit/paint';

/** Least width and height of a single sample's picture, in pixels. */
const SAMPLE_PX = 280;
/** Least width of a sample among others. */
const TILE_PX = 96;
/** How large labelled columns and their texts are, in pixels. */
interface ColumnsSize {
  /** Least width of a column. */
  readonly column: number;
  readonly heading: number;
  readonly text: number;
  readonly margin: number;
  readonly between: number;
}
/** Of a picture, and of an animation: its file has every frame. */
export const COLUMNS_PICTURE: ColumnsSize = {
  ...{ column: 420, heading: 28, text: 17, margin: 40, between: 36 },
};
export const COLUMNS_ANIMATION: ColumnsSize = {
  ...{ column: 220, heading: 18, text: 13, margin: 20, between: 20 },
};
/** Of the film, which shows one column. */
export const FILM: ColumnsSize = {
  ...{ column: 340, heading: 30, text: 13, margin: 24, between: 20 },
};
/** Least width of a cell of the grid, and the width of what is said beside a row. */
const CELL_PX = 112;
const ROW_HEAD_PX = 130;
/** Samples in a line. */
const MOST_ACROSS = 16;
const MARGIN = 40;

/** The theme's colours and fonts, for pictures that leave the page. */
export interface Style {
  readonly ink: Ink;
  readonly text: string;
  readonly soft: string;
  readonly serif: string;
  readonly sans: string;
}

/** The style of the document as it is shown now. */
export function documentStyle(): Style {
  const root = document.documentElement;
  const read = (name: string) => getComputedStyle(root).getPropertyValue(name).trim();
  return {
    ink: inkOf(root),
    text: read('--text'),
    soft: read('--soft'),
    serif: read('--serif'),
    sans: read('--font'),
  };
}

/** Width and height of what stands for a sample, in the pixels of the finished pictures. */
export function nativeSize({ frame, shape, view }: ShownSamples) {
  const [, height, width] = shape;
  return { width: width * picturesOf(frame, view).length, height };
}

/** One sample, each of its pixels a square. */
export function samplePicture(
  batch: ShownSamples,
  sample: number,
  { ink }: Style,
): OffscreenCanvas {
  const { width, height } = nativeSize(batch);
  const [, , pictureWidth] = batch.shape;
  const k = Math.ceil(SAMPLE_PX / Math.min(pictureWidth, height));
  const tile = { width: k * width, height: k * height };
  const { canvas, context } = blank(tile.width, tile.height, ink);
  const images = imagesOf(batch, ink);
  drawTiles(context, { columns: 1, rows: 1, tile, gap: 0 }, 1, () => images(sample));
  return canvas;
}

/** All samples in a line, or in several where they are many. */
export function rowPicture(batch: ShownSamples, { ink }: Style): OffscreenCanvas {
  const columns = Math.min(MOST_ACROSS, batch.count);
  const { width } = nativeSize(batch);
  const tiling = sharpTiling(batch, columns, Math.ceil(TILE_PX / width));
  const { tile, rows } = tiling;
  const { canvas, context } = blank(columns * tile.width, rows * tile.height, ink);
  drawTiles(context, tiling, batch.count, imagesOf(batch, ink));
  return canvas;
}

/** Tiles whose pictures are `k` times as large as the network makes them. */
export function sharpTiling(batch: ShownSamples, columns: number, k: number): Tiling {
  const { width, height } = nativeSize(batch);
  const gap = 2 * Math.max(1, k);
  const tile = { width: k * width + gap, height: k * height + gap };
  return { columns, rows: Math.ceil(batch.count / columns), tile, gap };
}

/** A column of samples with what is said above and below it. */
export interface LabelledColumn {
  readonly batch: ShownSamples;
  /** The only one of its samples that is drawn; absent: all are. */
  readonly sample?: number | undefined;
  readonly heading: string;
  readonly figures: string;
}

/** Columns side by side, with their headings and figures, and a caption under all. */
export function columnsPicture(
  columns: readonly LabelledColumn[],
  across: number,
  caption: readonly string[],
  style: Style,
  size: ColumnsSize = COLUMNS_PICTURE,
): OffscreenCanvas {
  const { ink, serif, sans, text, soft } = style;
  const { margin, between } = size;
  const measure = blank(1, 1, ink).context;
  const tilings = columns.map(({ batch, sample }) => {
    const { width, height } = nativeSize(batch);
    if (sample === undefined) {
      return sharpTiling(batch, across, Math.ceil(size.column / (across * width)));
    }
    const k = Math.ceil(size.column / width);
    return { columns: 1, rows: 1, tile: { width: k * width, height: k * height }, gap: 0 };
  });
  const widths = tilings.map(({ tile, columns }) => columns * tile.width);
  const width = widths.reduce((sum, one) => sum + one + between, 2 * margin - between);
  const lines = (font: string, of: (column: LabelledColumn) => string) =>
    columns.map((column, i) => wrapped(measure, font, of(column), widths[i]!));
  const [headFont, textFont] = [`600 ${size.heading}px ${serif}`, `${size.text}px ${sans}`];
  const pitch = Math.round(1.42 * size.text);
  const headings = block(
    headFont,
    Math.round(1.22 * size.heading),
    text,
    lines(headFont, (c) => c.heading),
  );
  const figures = block(
    textFont,
    pitch,
    soft,
    lines(textFont, (c) => c.figures),
  );
  const foot = block(textFont, pitch + 2, soft, [
    caption.flatMap((line) => wrapped(measure, textFont, line, width - 2 * margin)),
  ]);
  const pictures = Math.max(...tilings.map(({ rows, tile }) => rows * tile.height));
  const height =
    2 * margin + headings.height + 12 + pictures + 10 + figures.height + 22 + foot.height;

  const { canvas, context } = blank(width, height, ink);
  let left = margin;
  columns.forEach(({ batch, sample }, i) => {
    // Headings of fewer lines stand on the pictures.
    const missing = headings.height - headings.lines[i]!.length * headings.pitch;
    write(context, headings, i, left, margin + missing);
    const top = margin + headings.height + 12;
    context.setTransform(1, 0, 0, 1, left, top);
    const images = imagesOf(batch, ink);
    if (sample === undefined) drawTiles(context, tilings[i]!, batch.count, images);
    else drawTiles(context, tilings[i]!, 1, () => images(sample));
    context.resetTransform();
    write(context, figures, i, left, top + pictures + 10);
    left += widths[i]! + between;
  });
  write(context, foot, 0, margin, height - margin - foot.height);
  return canvas;
}

/** A grid of single samples with what is said of each; missing where there is no picture. */
export interface LabelledGrid {
  readonly rowAxis: string;
  readonly columnAxis: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Row by row. */
  readonly cells: readonly ({ readonly batch: ShownSamples; readonly note: string } | undefined)[];
}

/** The grid with its axes, the headers of its rows and columns, and a caption under all. */
export function gridPicture(
  { rowAxis, columnAxis, rows, columns, cells }: LabelledGrid,
  caption: readonly string[],
  style: Style,
): OffscreenCanvas {
  const { ink, serif, sans, text, soft } = style;
  const measure = blank(1, 1, ink).context;
  // Where cells end with different stages, the smaller pictures are enlarged.
  const sizes = cells.flatMap((one) => (one ? [nativeSize(one.batch)] : []));
  const native = sizes.toSorted((a, b) => b.width - a.width)[0];
  if (!native) throw new Error('The grid must show a picture, and shows none yet');
  const k = Math.ceil(CELL_PX / native.width);
  const cell = { width: k * native.width, height: k * native.height };
  const gap = 16;
  const [headFont, axisFont, noteFont, footFont] = [
    `600 16px ${serif}`,
    `15px ${sans}`,
    `13px ${sans}`,
    `15px ${sans}`,
  ];
  const lines = (font: string, texts: readonly string[], width: number) =>
    texts.map((one) => wrapped(measure, font, one, width));
  const heads = block(headFont, 20, text, lines(headFont, columns, cell.width));
  const sides = block(headFont, 20, text, lines(headFont, rows, ROW_HEAD_PX));
  const notes = block(
    noteFont,
    18,
    soft,
    lines(
      noteFont,
      cells.map((c) => c?.note ?? '–'),
      cell.width,
    ),
  );
  const axes = block(axisFont, 22, soft, [[`${rowAxis} ↓`], [`${columnAxis} →`]]);
  const left = MARGIN + ROW_HEAD_PX + gap;
  const top = MARGIN + axes.pitch + 6 + heads.height + 8;
  const pitch = { x: cell.width + gap, y: cell.height + 4 + notes.height + gap };
  const width = left + columns.length * pitch.x - gap + MARGIN;
  const foot = block(footFont, 23, soft, [
    caption.flatMap((line) => wrapped(measure, footFont, line, width - 2 * MARGIN)),
  ]);
  const bottom = top + rows.length * pitch.y;
  const { canvas, context } = blank(width, bottom + 10 + foot.height + MARGIN, ink);

  write(context, axes, 0, MARGIN, top - 8 - axes.pitch);
  write(context, axes, 1, left, MARGIN);
  columns.forEach((_, c) => {
    const missing = heads.height - heads.lines[c]!.length * heads.pitch;
    write(context, heads, c, left + c * pitch.x, MARGIN + axes.pitch + 6 + missing);
  });
  rows.forEach((_, r) => {
    const height = sides.lines[r]!.length * sides.pitch;
    write(context, sides, r, MARGIN, top + r * pitch.y + (cell.height - height) / 2);
  });
  cells.forEach((one, i) => {
    const x = left + (i % columns.length) * pitch.x;
    const y = top + Math.floor(i / columns.length) * pitch.y;
    context.setTransform(1, 0, 0, 1, x, y);
    const place = { columns: 1, rows: 1, tile: cell, gap: 0 };
    if (one) drawTiles(context, place, 1, imagesOf(one.batch, ink));
    context.resetTransform();
    write(context, notes, i, x, y + cell.height + 4);
  });
  write(context, foot, 0, MARGIN, bottom + 10);
  return canvas;
}

export function toPng(canvas: OffscreenCanvas): Promise<Blob> {
  return canvas.convertToBlob({ type: 'image/png' });
}

/** An empty sheet of paper. */
export function blank(width: number, height: number, { paper }: Ink) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`A canvas of ${width} × ${height} pixels must fit into memory`);
  context.fillStyle = `rgb(${paper.join(' ')})`;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  return { canvas, context };
}

/** Texts side by side in one font, each broken into lines. */
interface Block {
  readonly font: string;
  readonly pitch: number;
  readonly colour: string;
  readonly lines: readonly (readonly string[])[];
  /** Of the longest. */
  readonly height: number;
}

function block(font: string, pitch: number, colour: string, lines: Block['lines']): Block {
  const height = pitch * Math.max(...lines.map(({ length }) => length));
  return { font, pitch, colour, lines, height };
}

function write(
  context: OffscreenCanvasRenderingContext2D,
  { font, pitch, colour, lines }: Block,
  which: number,
  left: number,
  top: number,
): void {
  context.font = font;
  context.fillStyle = colour;
  context.textBaseline = 'middle';
  lines[which]!.forEach((line, i) => {
    context.fillText(line, left, top + (i + 0.5) * pitch);
  });
}

/** A text in lines of at most this width, broken at its spaces. */
function wrapped(
  context: OffscreenCanvasRenderingContext2D,
  font: string,
  text: string,
  width: number,
): string[] {
  context.font = font;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && context.measureText(longer).width <= width)
      lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
