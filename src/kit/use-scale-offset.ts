import { scaleOffset } from '../settings/scale-unit';
import { useAppState } from './app-context';

/** What is taken off the active column's scale to show it. */
export function useScaleOffset(): 0 | 1 {
  return useAppState(({ settings: { columns, active, unit } }) =>
    scaleOffset(columns[active]!.guidance, unit),
  );
}
