import { useEffect } from 'react';
import { change } from '../settings/store';
import { useApp, useAppState, useWords } from './app-context';
import { commonWords } from './words/words';
import './scrubber.css';

/** A whole trajectory is played in this time. */
const PLAY_MS = 3500;

const STEP_OF_KEY: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
};

interface ScrubberProps {
  readonly label: string;
  readonly text: string;
  readonly steps?: number | undefined;
  readonly marks?: readonly number[] | undefined;
}

/**
 * Plays, pauses and scrubs what the page shows.
 *
 * @param label what the slider moves through
 * @param text where it stands, in words
 * @param steps of what is shown: an arrow key goes by one of them
 * @param marks where something new begins, shares of the whole
 */
export function Scrubber({ label, text, steps, marks = [] }: ScrubberProps) {
  const { store } = useApp();
  const { timeline } = useWords(commonWords);
  const position = useAppState(({ settings }) => settings.position);
  const playing = useAppState((state) => state.playing);
  usePlayback();

  const toggle = () => {
    if (!playing && position >= 1) change(store, { position: 0 });
    store.setState({ playing: !playing });
  };
  return (
    <>
      <button type="button" className="play" onClick={toggle}>
        <span aria-hidden="true">{playing ? '❚❚' : '▶'}</span>{' '}
        <span className="text">{playing ? timeline.pause : timeline.play}</span>
      </button>
      <span className="scrub">
        <input
          type="range"
          min={0}
          max={1}
          step={0.001}
          value={position}
          aria-label={label}
          aria-valuetext={text}
          onKeyDown={(event) => {
            const by = STEP_OF_KEY[event.key];
            if (by === undefined || steps === undefined) return;
            event.preventDefault();
            store.setState({ playing: false });
            const next = Math.round(position * steps) + by;
            change(store, { position: Math.min(1, Math.max(0, next / steps)) });
          }}
          onChange={({ target }) => {
            store.setState({ playing: false });
            change(store, { position: Number(target.value) });
          }}
        />
        {marks.map((at) => (
          <i key={at} style={{ '--at': at } as object} />
        ))}
      </span>
      <output className="sigma">{text}</output>
    </>
  );
}

/** Moves the scrubber from where it stands to the end while `playing`. */
function usePlayback(): void {
  const { store } = useApp();
  const playing = useAppState((state) => state.playing);
  useEffect(() => {
    if (!playing) return;
    let last: number | undefined;
    let request = requestAnimationFrame(function advance(now) {
      const { position } = store.getState().settings;
      const next = Math.min(1, position + (now - (last ?? now)) / PLAY_MS);
      last = now;
      change(store, { position: next });
      if (next < 1) request = requestAnimationFrame(advance);
      else store.setState({ playing: false });
    });
    return () => cancelAnimationFrame(request);
  }, [playing, store]);
}
