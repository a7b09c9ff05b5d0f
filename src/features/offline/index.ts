import type { Feature } from '../../kit/feature';
import { keepOffline } from './keep-offline';
import { UpdateNotice } from './UpdateNotice';
import { offlineWords } from './words';

/** The page without a connection, and its next version. */
export const offline: Feature = {
  id: 'offline',
  words: offlineWords,
  slots: { everyPage: UpdateNotice },
  mount(app) {
    void keepOffline(app);
  },
};
