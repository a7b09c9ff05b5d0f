import { useEffect, useState } from 'react';
import { flowOnLine, type LineFlow } from '../../../diffusion/worlds/line';

const FLOW_STEPS = 24;

/** Samples as they are drawn at these settings; the last ones stay until the next are there. */
export function useFlow(options: {
  readonly scale: number;
  readonly samples: number;
  readonly low?: number;
  readonly high?: number;
}): LineFlow | undefined {
  const { scale, samples, low, high } = options;
  const [flow, setFlow] = useState<LineFlow>();
  useEffect(() => {
    let wanted = true;
    const interval = low === undefined || high === undefined ? undefined : ([low, high] as const);
    const run = flowOnLine({ guidanceScale: scale, interval, numSteps: FLOW_STEPS, samples });
    void run.then((result) => {
      if (wanted) setFlow(result);
    });
    return () => {
      wanted = false;
    };
  }, [scale, samples, low, high]);
  return flow;
}
