import { vi } from 'vitest';
import type { EngineEvent, Request } from '../protocol';

/** Takes the place of the global scope of the engine's worker, which is imported next. */
export function workerScope() {
  /** What the worker says; that it goes on is said by the clock. */
  const events: EngineEvent[] = [];
  const scope = {
    onmessage: undefined as ((event: { data: Request }) => void) | undefined,
    postMessage: (event: EngineEvent) => event.type !== 'alive' && events.push(event),
  };
  vi.stubGlobal('self', scope);
  return { events, ask: (request: Request) => scope.onmessage?.({ data: request }) };
}
