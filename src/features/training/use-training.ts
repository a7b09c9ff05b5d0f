import { useAppState } from '../../kit/app-context';
import { withChanges } from '../../settings/replaced-sampler';
import { changeSlice, type Store } from '../../settings/store';
import { consistentTraining, type TrainingSettings, trainingSlice } from './settings';

export function useTraining(): TrainingSettings {
  return useAppState(({ settings }) => trainingSlice.of(settings));
}

export function changeTraining(store: Store, changes: Partial<TrainingSettings>): void {
  const training = trainingSlice.of(store.getState().settings);
  changeSlice(store, trainingSlice, withChanges(training, changes, consistentTraining));
}
