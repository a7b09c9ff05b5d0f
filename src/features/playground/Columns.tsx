import { useEffect, useRef } from 'react';
import { useAppState } from '../../kit/app-context';
import { Column } from './Column';

/** The columns side by side on the same noise. */
export function Columns({ headings }: { readonly headings: readonly string[] }) {
  const columns = useAppState((state) => state.columns);
  const active = useAppState(({ settings }) => settings.active);
  const row = useRef<HTMLDivElement>(null);
  // On a narrow screen the columns are swiped: the active one is brought into the middle.
  useEffect(() => {
    const { current } = row;
    const column = current?.children[active];
    if (!current || !column || current.scrollWidth <= current.clientWidth) return;
    const { left, width } = column.getBoundingClientRect();
    const { left: from, width: shown } = current.getBoundingClientRect();
    current.scrollBy({ left: left - from - (shown - width) / 2 });
  }, [active]);
  return (
    <div ref={row} className="columns" data-count={columns.length}>
      {columns.map((state, index) => (
        <Column key={state.id} index={index} state={state} heading={headings[index] ?? ''} />
      ))}
    </div>
  );
}
