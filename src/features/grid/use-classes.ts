import { useAppState } from '../../kit/app-context';

/** The classes of the model; none until it is loaded. */
export function useClasses(): readonly string[] {
  return useAppState(({ engine }) => (engine.status === 'ready' ? engine.manifest.classes : NONE));
}
const NONE: readonly string[] = [];
