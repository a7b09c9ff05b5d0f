import type { TrainRequest } from './train-protocol';
import { TrainingLoop } from './training-loop';

declare const self: DedicatedWorkerGlobalScope;

const loop = new TrainingLoop((event) => self.postMessage(event));
self.onmessage = ({ data }: MessageEvent<TrainRequest>) => loop.receive(data);
