import { runParticles } from '../../diffusion/worlds/plane/particles';
import { answerRequests } from '../../kit/worker-answers';
import type { ParticleRequest, Particles } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

answerRequests<ParticleRequest, Particles>(
  self,
  async ({ world, run }, call) => {
    const started = performance.now();
    const paths = await runParticles(world, run, () => call.breathe());
    return { ...paths, totalMs: performance.now() - started };
  },
  ({ xs }) => [xs.buffer],
);
