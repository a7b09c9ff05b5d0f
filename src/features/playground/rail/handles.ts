import type { ColumnSettings } from '../../../settings/column';
import { LIMITS } from '../../../settings/column';
import { changeColumn, type Store, showColumn } from '../../../settings/store';
import { hasScale } from '../film';

/** Whether a column has a handle on the rail: its rule has a scale, and no curve stands in for it. */
export function holdsScale(column: ColumnSettings): boolean {
  return hasScale(column);
}

/**
 * Another column like the active one at this scale, to the right of those with smaller scales; where
 * there is no room, the active one goes there.
 */
export function addScale(store: Store, guidanceScale: number): void {
  const { settings } = store.getState();
  const column = settings.columns[settings.active]!;
  if (!holdsScale(column)) return;
  // Beside two columns that are overlaid there is no place for another.
  if (settings.columns.length >= LIMITS.columns || settings.layout !== 'columns') {
    changeColumn(store, { guidanceScale });
    return;
  }
  showColumn(store, { ...column, guidanceScale }, {});
}
