import { defineSlice } from '../../settings/slice';
import { SECTIONS, type SectionId } from './sections';
import { TOUR } from './tour';

/** The step of the tour that is shown over the playground, from 1 on; 0: none. */
export const tourSlice = defineSlice<number>({
  key: 'tour',
  default: 0,
  role: 'step',
  read: (text) => {
    const step = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isInteger(step) && step >= 0 && step <= TOUR.length ? step : undefined;
  },
  write: String,
});

/** The section of the article that led to what is shown: from there one goes back to it. Null: none did. */
export const cameFromSlice = defineSlice<SectionId | null>({
  key: 'from',
  default: null,
  role: 'aside',
  read: (text) => (text === '' ? null : SECTIONS.find((id) => id === text)),
  write: (id) => id ?? '',
});
