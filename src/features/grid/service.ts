import { defineService } from '../../kit/service';
import type { GridRunner } from './runner';

export const gridRunner = defineService<GridRunner>('grid runner');
