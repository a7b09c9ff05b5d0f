import type { LostSample } from '../diffusion/lost';
import { useWords } from './app-context';
import { commonWords, type Strings } from './words/words';

/** Which samples a run has lost, from which step on, and why. */
export function Lost({
  lost,
  isCascade,
  judged,
}: {
  readonly lost: readonly LostSample[];
  readonly isCascade: boolean;
  readonly judged: boolean;
}) {
  const { lost: words } = useWords(commonWords).figures;
  const causes = [...new Set(lost.map(({ by }) => by))];
  return (
    <div className="lost" role="status">
      {causes.map((by) => (
        <p key={by} data-lost-by={by}>
          {groupsOf(lost.filter((one) => one.by === by)).map(({ samples, stage, step }) => (
            <b key={samples}>
              {isCascade
                ? words.inStage(samples, step + 1, stage + 1)
                : words.samples(samples, step + 1)}{' '}
            </b>
          ))}
          {causeText(by, words)}
        </p>
      ))}
      {judged && <p>{words.figures}</p>}
    </div>
  );
}

/** Those that were lost at one step, counted from 1. */
function groupsOf(lost: readonly LostSample[]) {
  const groups = new Map<string, { stage: number; step: number; samples: string }>();
  for (const { sample, stage, step } of lost) {
    const key = `${stage} ${step}`;
    const before = groups.get(key)?.samples;
    const samples = [before, sample + 1].filter((part) => part !== undefined).join(', ');
    groups.set(key, { stage, step, samples });
  }
  return [...groups.values()];
}

function causeText(by: LostSample['by'], words: Strings['figures']['lost']): string {
  if (by === 'guidance') return words.guidance;
  if (by === 'cond') return words.network;
  return by === 'uncond' ? words.uncond : words.prediction(by);
}
