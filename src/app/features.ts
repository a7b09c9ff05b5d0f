import { experiments } from '../features/experiments';
import { exporting } from '../features/export';
import { grid } from '../features/grid';
import { idea } from '../features/idea';
import { inside } from '../features/inside';
import { offline } from '../features/offline';
import { own } from '../features/own';
import { plane } from '../features/plane';
import { playground } from '../features/playground';
import { rules } from '../features/rules';
import { shelf } from '../features/shelf';
import { training } from '../features/training';
import { wipe } from '../features/wipe';
import type { Feature } from '../kit/feature';

/**
 * Everything that the page has. The order is that of the navigation, of the ways to arrange columns
 * and of who is asked first about a dropped file.
 */
export const FEATURES: readonly Feature[] = [
  playground,
  grid,
  wipe,
  inside,
  shelf,
  own,
  experiments,
  plane,
  training,
  rules,
  idea,
  exporting,
  offline,
];

/** What the features bring to the settings, in the order of the address. */
export const SLICES = FEATURES.flatMap(({ slice }) => slice ?? []);
