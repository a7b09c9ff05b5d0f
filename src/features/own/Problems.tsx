import { useWords } from '../../kit/app-context';
import { useOwn } from './service';
import { ownWords } from './words';

/** What does not fit, a line each, as the files and the engine say it. */
export function Problems() {
  const words = useWords(ownWords);
  const problems = useOwn((state) => state.problems);
  if (problems.length === 0) return null;
  return (
    <div className="notice error" role="alert">
      <p>
        <strong>{words.problems}</strong>
      </p>
      <ul lang="en">
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </div>
  );
}
