import { type RefObject, useEffect } from 'react';
import type { LineChartOptions } from './line-chart';

/**
 * Draws a chart into an element whenever the options are other ones; nothing while they are undefined.
 * The library is downloaded when the first chart is drawn.
 */
export function useLineChart(
  host: RefObject<HTMLElement | null>,
  options: LineChartOptions | undefined,
): void {
  useEffect(() => {
    const element = host.current;
    if (!element || !options || options.width === 0) return;
    let current = true;
    void import('./line-chart').then(({ lineChart }) => {
      if (current) element.replaceChildren(lineChart(options));
    });
    return () => {
      current = false;
    };
  }, [host, options]);
}
