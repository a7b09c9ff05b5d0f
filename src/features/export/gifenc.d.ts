/** The part of gifenc that is used here; the package has no types of its own. */
declare module 'gifenc' {
  export type Palette = (readonly [number, number, number])[];

  export function GIFEncoder(): {
    /** @param index one palette entry a pixel; the first frame sets the size and whether it repeats */
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { readonly palette: Palette; readonly delay: number; readonly repeat?: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
  /** A palette of at most this many colours for these RGBA pixels. */
  export function quantize(rgba: Uint8ClampedArray, colours: number): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
}
