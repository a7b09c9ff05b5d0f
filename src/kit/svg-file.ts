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
