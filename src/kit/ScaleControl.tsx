import { useEffect, useRef } from 'react';
import { findGuidanceRule } from '../diffusion/guidance';
import { LIMITS } from '../settings/settings';
import { changeColumn } from '../settings/store';
import { useApp, useAppState, useService, useWords } from './app-context';
import { Slider } from './Slider';
import { columnRuns } from './services';
import { UnitSwitch } from './UnitSwitch';
import { commonWords } from './words/words';

/** What is taken off the scale to show it: the paper's w and the classifier's scale are s - 1. */
export function useScaleOffset(): 0 | 1 {
  return useAppState(({ settings }) => {
    const { guidance } = settings.columns[settings.active]!;
    return settings.unit === 'w' || findGuidanceRule(guidance).scaleKind === 'classifier' ? 1 : 0;
  });
}

/** The active column's scale; while its run is steered, the scale that the run takes next. */
export function ScaleControl() {
  const { store } = useApp();
  const runs = useService(columnRuns);
  const { controls } = useWords(commonWords);
  const unit = useAppState(({ settings }) => settings.unit);
  const { guidance, guidanceScale, curve } = useAppState(
    ({ settings }) => settings.columns[settings.active]!,
  );
  const steering = useAppState((state) => state.steering);
  const ofClassifier = findGuidanceRule(guidance).scaleKind === 'classifier';
  const offset = useScaleOffset();
  const drawn = curve !== null && !steering;
  const hint = unit === 's' ? controls.scaleHintS : controls.scaleHintW;
  const { min, max, step } = LIMITS.guidanceScale;
  const rounded = (value: number) => Number(value.toFixed(4));
  const set = (scale: number) => {
    if (steering) runs.steerTo(scale);
    else changeColumn(store, { guidanceScale: rounded(scale) });
  };
  return (
    <div className="with-unit">
      <Slider
        // Another one, so that a number half typed does not outlive the steered run.
        key={steering ? 'steered' : 'set'}
        label={ofClassifier ? controls.classifierScale : controls.guidanceScale}
        hint={drawn ? controls.curveSetsScale : ofClassifier ? controls.scaleHintClassifier : hint}
        value={rounded((steering?.guidanceScale ?? guidanceScale) - offset)}
        min={min - offset}
        max={max - offset}
        step={step}
        disabled={drawn}
        onChange={(value) => set(value + offset)}
      />
      {!ofClassifier && <UnitSwitch />}
      <Steer />
    </div>
  );
}

/** Starts a run that goes slowly while the scale above it is moved, and gives it up. */
function Steer() {
  const runs = useService(columnRuns);
  const { steer: words } = useWords(commonWords);
  const button = useRef<HTMLButtonElement>(null);
  const on = useAppState(({ steering }) => steering !== undefined);
  const offered = useAppState(({ engine, settings }) => {
    const { numSteps } = settings.columns[settings.active]!;
    return engine.status === 'ready' && settings.layout !== 'grid' && numSteps > 1;
  });

  useEffect(() => {
    if (!on) return;
    const control = button.current?.closest('.with-unit');
    control?.querySelector('input')?.focus();
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
        title={words.hint}
        onClick={() => (on ? runs.stopSteering() : runs.steer())}
      >
        {on ? words.stop : words.start}
      </button>
      <p role="status">{on && words.now}</p>
    </div>
  );
}
