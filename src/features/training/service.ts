import { defineService } from '../../kit/service';
import type { TrainingRun } from './run';

export const trainingRun = defineService<TrainingRun>('network in training');
