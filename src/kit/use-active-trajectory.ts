import { useSyncExternalStore } from 'react';
import { useApp, useAppState } from './app-context';
import type { Trajectory } from './trajectories';

/** The trajectory of the active column, kept up to date while it grows. */
export function useActiveTrajectory(): Trajectory | undefined {
  const { trajectories } = useApp();
  const id = useAppState(({ columns, settings }) => columns[settings.active]?.id ?? -1);
  useSyncExternalStore(
    (listener) => trajectories.subscribe(listener),
    () => trajectories.version,
  );
  return trajectories.shown(id);
}
