import { useEffect, useRef } from 'react';
import { useApp, useAppState, useService, useWords } from '../../kit/app-context';
import { ScaleNumber } from '../../kit/ScaleSlider';
import { columnRuns } from '../../kit/services';
import { commonWords } from '../../kit/words/words';
import { LIMITS } from '../../settings/column';
import { roundedScale, scaleOffset } from '../../settings/scale-unit';
import { changeColumn } from '../../settings/store';

/** The active column's scale as a number, beside its handle on the rail; while its run is steered, the scale that the run takes next. */
export function ScaleControl() {
  const { store } = useApp();
  const runs = useService(columnRuns);
  const { controls } = useWords(commonWords);
  const { guidance, guidanceScale, curve } = useAppState(
    ({ settings }) => settings.columns[settings.active]!,
  );
  const steering = useAppState((state) => state.steering);
  const drawn = curve !== null && !steering;
  return (
    <div className="with-unit">
      <ScaleNumber
        // Another one, so that a number half typed does not outlive the steered run.
        key={steering ? 'steered' : 'set'}
        guidance={guidance}
        value={steering?.guidanceScale ?? guidanceScale}
        {...LIMITS.guidanceScale}
        disabled={drawn}
        hint={drawn ? controls.curveSetsScale : undefined}
        onChange={(scale) => {
          if (steering) runs.steerTo(scale);
          else changeColumn(store, { guidanceScale: scale });
        }}
      />
      <Steer />
    </div>
  );
}

/** Starts a run that goes slowly while the scale is moved, and stops it; leads back from what it made. */
function Steer() {
  const { store } = useApp();
  const runs = useService(columnRuns);
  const { steer: words } = useWords(commonWords);
  const button = useRef<HTMLButtonElement>(null);
  const on = useAppState(({ steering }) => steering !== undefined);
  const offered = useAppState(({ settings }) => {
    const { numSteps } = settings.columns[settings.active]!;
    return settings.layout !== 'grid' && numSteps > 1;
  });
  const ready = useAppState(({ engine }) => engine.status === 'ready');
  const { guidance, guidanceScale, curve } = useAppState(
    ({ settings }) => settings.columns[settings.active]!,
  );
  const unit = useAppState(({ settings }) => settings.unit);
  const before = roundedScale(guidanceScale - scaleOffset(guidance, unit));

  useEffect(() => {
    if (!on) return;
    document.querySelector<HTMLElement>('.handle[data-active="true"]')?.focus();
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') runs.stopSteering();
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      // The slider that steered is gone, and the focus with it.
      if (document.activeElement === document.body) button.current?.focus();
    };
  }, [on, runs]);

  if (!offered) return null;
  return (
    <div className="steer">
      <button
        ref={button}
        type="button"
        aria-pressed={on}
        disabled={!ready}
        onClick={() => (on ? runs.stopSteering() : runs.steer())}
      >
        {on ? words.stop : words.start}
      </button>
      {curve !== null && !on && (
        <button type="button" onClick={() => changeColumn(store, { curve: null })}>
          {words.back(before)}
        </button>
      )}
      <p role="status" className="hint">
        {on ? words.now : words.hint}
      </p>
    </div>
  );
}
