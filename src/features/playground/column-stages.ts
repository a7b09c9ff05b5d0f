import { useAppState } from '../../kit/app-context';
import { DEFAULT_COLUMN } from '../../settings/column';
import { type StageSpan, stageSettings, stageSpans } from '../../settings/sample-settings';
import type { AppState } from '../../settings/store';

/** The stages of the run that a column asks for. */
export function useColumnStages(index: number): readonly StageSpan[] {
  // As text, which stays the same while the stages do.
  return JSON.parse(useAppState((state) => JSON.stringify(stagesOfColumn(state, index))));
}

function stagesOfColumn({ settings, engine }: AppState, index: number): StageSpan[] {
  const column = settings.columns[index] ?? DEFAULT_COLUMN;
  const { numSteps } = column;
  if (engine.status !== 'ready') return stageSpans({ shape: [1, 1, 1] }, { numSteps });
  const stages = stageSettings(column, engine.manifest.stages ?? []);
  return stageSpans(engine.manifest, { numSteps, stages });
}
