import { LIMITS } from '../../../settings/column';
import { changeColumn, type Store, showColumn } from '../../../settings/store';
import { hasScale } from '../film';

/**
 * Another column like the active one at this scale, to its right; where there is no room, the active
 * one goes there.
 */
export function addScale(store: Store, guidanceScale: number): void {
  const { settings } = store.getState();
  const column = settings.columns[settings.active]!;
  if (!hasScale(column)) return;
  // Beside two columns that are overlaid there is no place for another.
  if (settings.columns.length >= LIMITS.columns || settings.layout !== 'columns') {
    changeColumn(store, { guidanceScale });
    return;
  }
  showColumn(store, { ...column, guidanceScale }, {});
}
