/** Pixels of a PNG for each of the SVG's. */
const PNG_SCALE = 2;

/** A chart as a file. */
export interface ChartPicture {
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

/** An SVG element as a file's text, in the colours that hold at `place`: a file knows no custom properties. */
export function standaloneSource(root: SVGElement, place: Element): string {
  const style = getComputedStyle(place);
  return new XMLSerializer()
    .serializeToString(root)
    .replaceAll(
      /var\((--[\w-]+)\)/g,
      (whole, name: string) => style.getPropertyValue(name).trim() || whole,
    );
}

/** A chart as pixels. */
export async function chartPng({ source, width, height }: ChartPicture): Promise<Blob> {
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(PNG_SCALE * width, PNG_SCALE * height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('A picture needs a 2-D canvas, this browser gives none');
  context.scale(PNG_SCALE, PNG_SCALE);
  context.drawImage(image, 0, 0, width, height);
  return canvas.convertToBlob({ type: 'image/png' });
}
