import { useWords } from '../../kit/app-context';
import { PageLink } from '../../kit/PageLink';
import { TRAINING_PAGE } from './settings';
import { trainingWords } from './words';

/** From the plane to the page that trains a network on its data. */
export function TrainLink() {
  const { link } = useWords(trainingWords);
  return (
    <p>
      <PageLink page={() => TRAINING_PAGE}>{link}</PageLink>
    </p>
  );
}
