import { answerRequests } from '../../kit/worker-answers';
import type { TrainEvent, TrainNote, TrainRequest } from './train-protocol';
import { answerTraining } from './training-loop';

declare const self: DedicatedWorkerGlobalScope;

answerRequests<TrainRequest, never, TrainNote, TrainEvent>(self, answerTraining);
