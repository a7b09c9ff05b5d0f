import { useRef, useSyncExternalStore } from 'react';
import type { Frame, InsideFigure } from '../../engine/protocol';
import { useApp, useAppState } from '../../kit/app-context';
import type { Trajectory } from '../../kit/trajectories';

/** The frames that steps started from: the last one is only the finished picture. */
export function stepAt(
  { frames, numSteps, finished }: Trajectory,
  position: number,
): Frame | undefined {
  return finished ? frames[Math.min(numSteps - 1, Math.round(position * numSteps))] : frames.at(-1);
}

/** A figure of one sample at one step; NaN where it is not known. */
export function figureAt(frame: Frame | undefined, figure: InsideFigure, sample: number): number {
  const values = frame?.inside?.figures[figure] ?? [];
  return values[Math.min(sample, values.length - 1)] ?? Number.NaN;
}

/** The finished trajectories of all columns: curves are drawn once for each, not while it grows. */
export function useFinishedTrajectories(): readonly (Trajectory | undefined)[] {
  const { trajectories } = useApp();
  const ids = useAppState(({ columns }) => columns.map(({ id }) => id).join());
  const last = useRef<readonly (Trajectory | undefined)[]>([]);
  return useSyncExternalStore(
    (listener) => trajectories.subscribe(listener),
    () => {
      const now = ids.split(',').map((id) => {
        const shown = trajectories.shown(Number(id));
        return shown?.finished ? shown : undefined;
      });
      const same = now.length === last.current.length && now.every((t, i) => t === last.current[i]);
      if (!same) last.current = now;
      return last.current;
    },
  );
}
