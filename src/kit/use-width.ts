import { type RefObject, useEffect, useState } from 'react';

/** How wide an element may be, in whole CSS pixels: its parent without padding, so that a hidden one has a width too. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const parent = element.current?.parentElement;
    if (!parent) return;
    const sizes = new ResizeObserver(() => {
      const { paddingLeft, paddingRight } = getComputedStyle(parent);
      const padding = Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight);
      setWidth(Math.floor(parent.clientWidth - padding));
    });
    sizes.observe(parent);
    return () => sizes.disconnect();
  }, [element]);
  return width;
}
