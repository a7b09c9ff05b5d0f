/** Hands a file to the visitor. */
export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** File systems take 255 bytes. */
const MOST_BYTES = 180;

/**
 * A file's name from what it shows, safe on every system: letters, digits and `. _ + -`, none of
 * the names that Windows reserves, and not too long.
 */
export function fileName(parts: readonly (string | undefined)[], extension: string): string {
  const safe = ['guidance', ...parts]
    .map((part) => (part ?? '').normalize('NFC').replace(/[^\p{L}\p{M}\p{N}.+_-]+/gu, '-'))
    .map((part) => part.replace(/^[-.]+(?!\d)|[-.]+$/g, ''))
    .filter(Boolean)
    .join('-');
  const letters = [...safe];
  while (new TextEncoder().encode(letters.join('')).length > MOST_BYTES) letters.pop();
  return `${letters.join('').replace(/[-.]+$/, '')}.${extension}`;
}
