import { useEffect, useRef } from 'react';
import { useService, useWords } from '../../kit/app-context';
import { keyOf, type OwnConvention } from '../../networks/own/rivals';
import { ownNetworks, useOwn } from './service';
import { ownWords } from './words';

/** So many answers are listed. */
const SHOWN = 5;

/** How well rival answers fit the network, once the trial has compared them: each can be taken. */
export function Fits() {
  const own = useService(ownNetworks);
  const words = useWords(ownWords);
  const compared = useOwn((state) => state.compared);
  const settings = useOwn(({ draft }) => draft?.settings);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (compared) section.current?.scrollIntoView({ block: 'nearest' });
  }, [compared]);
  if (!compared || !settings) return null;
  const textOf = ({ prediction, noising, counts, betas }: OwnConvention) => {
    const steps = 'steps' in betas ? ` ${betas.steps}` : '';
    const table = noising === 'betas' ? [`${words.schedules[betas.kind]}${steps}`] : [];
    const parts = [words.predictions[prediction], words.noisings[noising], words.counting[counts]];
    return [...parts, ...table].join(' · ');
  };
  return (
    <section ref={section} className="fits notice" role="status" aria-label={words.fits}>
      <p>
        <strong>{compared.lost ? words.lost : words.corrected}</strong>
      </p>
      <p className="hint">{words.fitsOf(compared.of)}</p>
      <ul>
        {compared.fits.slice(0, SHOWN).map(({ convention, error }) => (
          <li key={keyOf(convention)}>
            <button
              type="button"
              aria-pressed={keyOf(convention) === keyOf(settings)}
              onClick={() => own.change(convention)}
            >
              <span>{textOf(convention)}</span>
              <output>{error.toFixed(2)}</output>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
