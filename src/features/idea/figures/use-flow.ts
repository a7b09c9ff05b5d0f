import { useCallback } from 'react';
import { flowOnLine, type LineFlow } from '../../../diffusion/worlds/line';
import { useLatest } from './use-latest';

const FLOW_STEPS = 24;

/** Samples as they are drawn at these settings; the last ones stay until the next are there. */
export function useFlow(options: {
  readonly scale: number;
  readonly samples: number;
  readonly low?: number;
  readonly high?: number;
}): LineFlow | undefined {
  const { scale, samples, low, high } = options;
  const draw = useCallback(() => {
    const interval = low === undefined || high === undefined ? undefined : ([low, high] as const);
    return flowOnLine({ guidanceScale: scale, interval, numSteps: FLOW_STEPS, samples });
  }, [scale, samples, low, high]);
  return useLatest(draw);
}
