import type { ReactNode } from 'react';
import { useAppState, useWords } from './app-context';
import { commonWords } from './words/words';

/**
 * A control of the settings, left out while the grid has its setting on an axis: there the axis says
 * what every cell is set to.
 *
 * @param name the setting's key in the address
 * @param label what the control is called
 */
export function OffAxis({
  name,
  label,
  children,
}: {
  name: string;
  label: string;
  children: ReactNode;
}) {
  const { controls } = useWords(commonWords);
  const varied = useAppState(
    ({ settings: { layout, gridRows, gridColumns } }) =>
      layout === 'grid' && (gridRows.key === name || gridColumns.key === name),
  );
  return varied ? <p className="hint on-axis">{controls.onAxis(label)}</p> : children;
}
