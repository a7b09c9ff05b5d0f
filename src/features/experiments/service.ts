import { defineService } from '../../kit/service';
import type { ExperimentRunner } from './runner';

export const experimentRunner = defineService<ExperimentRunner>('experiment runner');
