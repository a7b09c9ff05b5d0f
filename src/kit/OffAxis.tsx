import type { ReactNode } from 'react';
import { useAppState, useStrings } from './app-context';

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
  const { grid } = useStrings();
  const varied = useAppState(
    ({ settings: { layout, gridRows, gridColumns } }) =>
      layout === 'grid' && (gridRows.key === name || gridColumns.key === name),
  );
  return varied ? <p className="hint on-axis">{grid.onAxis(label)}</p> : children;
}
