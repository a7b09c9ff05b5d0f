import { lazyView } from '../../kit/Boundary';
import type { Feature } from '../../kit/feature';
import { rulesWords } from './words';

/** Every rule side by side, as `npm run rules` measured them. */
export const rules: Feature = {
  id: 'rules',
  words: rulesWords,
  page: {
    place: 'lab',
    words: rulesWords,
    View: lazyView(async () => (await import('./RulesView')).RulesView),
  },
};
