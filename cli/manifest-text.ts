/** A manifest's text with this entry before its files; whatever else it says stays letter by letter. */
export function withEntry(manifest: string, key: string, value: object): string {
  const json = JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
  const without = manifest.replace(new RegExp(`^ {2}"${key}": \\{$[^]*?^ {2}\\},\\n`, 'm'), '');
  const files = '\n  "files": [';
  if (without.split(files).length !== 2) {
    throw new RangeError('The manifest must list its files on a line of its own, indented by two');
  }
  return without.replace(files, () => `\n  "${key}": ${json},${files}`);
}
