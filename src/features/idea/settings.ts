import { defineSlice } from '../../settings/slice';
import { TOUR } from './tour';

/** The step of the tour that is shown over the playground, from 1 on; 0: none. */
export const tourSlice = defineSlice<number>({
  key: 'tour',
  default: 0,
  read: (text) => {
    const step = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isInteger(step) && step >= 0 && step <= TOUR.length ? step : undefined;
  },
  write: String,
});
