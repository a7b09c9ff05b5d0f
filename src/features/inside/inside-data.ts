import { useRef, useSyncExternalStore } from 'react';
import type { Frame, InsideFigure } from '../../engine/protocol';
import { useApp, useAppState } from '../../kit/app-context';
import type { Trajectory } from '../../kit/trajectories';

/** The frame of the first stage's step at a position of the scrubber; after it, its last step. */
export function stepAt(
  { frames, stages, lastStep, finished }: Trajectory,
  position: number,
): Frame | undefined {
  const last = stages[0]!.numSteps - 1;
  const step = finished ? Math.round(position * lastStep) : frames.length - 1;
  return frames[Math.min(last, step)];
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
