import { runParticles } from '../../diffusion/worlds/plane/particles';
import { messageOf } from '../../networks/errors';
import type { LabEvent, LabRequest, ParticleRequest } from './protocol';

/** Messages are let in this often while a run goes: it never leaves the microtasks by itself. */
const BREATH_EVERY_MS = 16;

class Stopped extends Error {}

const cancelled = new Set<number>();
let queue: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<LabRequest>) => {
  switch (data.type) {
    case 'run':
      queue = queue.then(() => answer(data));
      break;
    case 'cancel':
      cancelled.add(data.id);
      break;
    default:
      data satisfies never;
  }
};

async function answer({ id, world, run }: ParticleRequest): Promise<void> {
  const started = performance.now();
  let lastBreath = started;
  const breathe = async () => {
    if (performance.now() - lastBreath >= BREATH_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      lastBreath = performance.now();
    }
    if (cancelled.has(id)) throw new Stopped();
  };
  try {
    const paths = await runParticles(world, run, breathe);
    say({ type: 'done', id, totalMs: performance.now() - started, ...paths }, [paths.xs.buffer]);
  } catch (error) {
    if (error instanceof Stopped) say({ type: 'cancelled', id });
    else say({ type: 'failed', id, message: messageOf(error) });
  } finally {
    cancelled.delete(id);
  }
}

function say(event: LabEvent, transfer: Transferable[] = []): void {
  self.postMessage(event, { transfer });
}
