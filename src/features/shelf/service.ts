import { defineService } from '../../kit/service';
import type { ModelShelf } from './shelf';

export const modelShelf = defineService<ModelShelf>('model shelf');
