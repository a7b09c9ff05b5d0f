import type { ReactNode } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { OffAxis } from '../../kit/OffAxis';
import { PromptField } from '../../kit/PromptField';
import { Slider } from '../../kit/Slider';
import { commonWords } from '../../kit/words/words';
import type { StageManifest } from '../../networks/manifest';
import { DEFAULT_STAGE, LIMITS, type StageChoice } from '../../settings/column';
import { settingOf } from '../../settings/run-settings';
import { scaleOffset } from '../../settings/scale-unit';
import { changeSetting } from '../../settings/store';
import './stages.css';
import { ThresholdField } from './ThresholdField';

/** Stages need few steps; more can be typed. */
const MOST_STEPS_BY_SLIDER = 32;

/** The stages of a cascade that are drawn, from the first on, and those of them that enlarge. */
function useStages() {
  const stages = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.stages : undefined,
  );
  const first = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.shape : undefined,
  );
  const upTo = useAppState(({ settings }) => settings.columns[settings.active]?.upTo);
  if (!stages?.length || !first) return undefined;
  const sizes = [first, ...stages.map(({ shape }) => shape)].map(([, , width]) => width);
  const drawn = Math.min(upTo ?? sizes.length, sizes.length);
  return { sizes, drawn, enlarging: stages.slice(0, drawn - 1) };
}

/** How many stages are drawn, and the scale and steps of those after the first. */
export function StageControls() {
  const { store } = useApp();
  const { cascade } = useWords(commonWords);
  const unit = useAppState(({ settings }) => settings.unit);
  const stages = useStages();
  if (!stages) return null;
  const { sizes, drawn, enlarging } = stages;
  const offset = scaleOffset('cfg', unit);
  return (
    <section className="stage-controls" aria-labelledby="stages">
      <h3 id="stages">{cascade.heading}</h3>
      <OffAxis name="stages" label={cascade.upTo}>
        <fieldset className="segments" aria-label={cascade.upTo}>
          {sizes.map((size, k) => (
            <button
              key={size}
              type="button"
              aria-pressed={drawn === k + 1}
              aria-label={cascade.drawnTo(k + 1, `${size}×${size}`)}
              onClick={() =>
                changeSetting(store, settingOf('stages')!, k + 1 < sizes.length ? k + 1 : null)
              }
            >
              {size}
            </button>
          ))}
        </fieldset>
      </OffAxis>
      <p className="hint">{cascade.firstHint(`${sizes[0]}×${sizes[0]}`)}</p>
      {enlarging.map((stage, k) => (
        <StageGroup key={stage.network} n={k + 2} stage={stage}>
          <Adjustable n={k + 2} name="guidanceScale" usual={stage.guidanceScale}>
            {(scale, set) => (
              <Slider
                label={cascade.scale(k + 2)}
                value={rounded(scale - offset)}
                min={LIMITS.guidanceScale.min - offset}
                max={LIMITS.guidanceScale.max - offset}
                step={LIMITS.guidanceScale.step}
                onChange={(value) => set(rounded(value + offset))}
              />
            )}
          </Adjustable>
          <Adjustable n={k + 2} name="numSteps" usual={stage.numSteps}>
            {(steps, set) => (
              <Slider
                label={cascade.steps(k + 2)}
                value={steps}
                {...LIMITS.numSteps}
                sliderMax={MOST_STEPS_BY_SLIDER}
                onChange={(value) => set(Math.round(value))}
              />
            )}
          </Adjustable>
        </StageGroup>
      ))}
    </section>
  );
}

/** What is seldom changed of the stages after the first. */
export function StageExpert() {
  const { store } = useApp();
  const { cascade } = useWords(commonWords);
  const choices = useAppState(({ settings }) => settings.columns[settings.active]?.stages);
  const stages = useStages();
  if (!stages) return null;
  return stages.enlarging.map((stage, k) => (
    <StageGroup key={stage.network} n={k + 2} stage={stage}>
      <Adjustable n={k + 2} name="augmentation" usual={stage.augmentation}>
        {(augmentation, set) => (
          <Slider
            label={cascade.augmentation(k + 2)}
            hint={cascade.augmentationHint}
            value={augmentation}
            min={0}
            max={1}
            step={0.01}
            onChange={set}
          />
        )}
      </Adjustable>
      <div className="field">
        <span aria-hidden="true">{cascade.prompt(k + 2)}</span>
        <PromptField
          label={cascade.prompt(k + 2)}
          value={choices?.[k]?.prompt ?? ''}
          placeholder={cascade.samePrompt}
          onChange={([prompt]) =>
            changeSetting(store, settingOf(`prompt-${k + 2}`)!, prompt ?? null)
          }
        />
      </div>
      <OffAxis name={`threshold-${k + 2}`} label={cascade.threshold(k + 2)}>
        <ThresholdField
          label={cascade.threshold(k + 2)}
          value={choices?.[k]?.threshold ?? null}
          onChange={(threshold) =>
            changeSetting(store, settingOf(`threshold-${k + 2}`)!, threshold)
          }
        />
      </OffAxis>
    </StageGroup>
  ));
}

interface StageGroupProps {
  readonly n: number;
  readonly stage: StageManifest;
  readonly children: ReactNode;
}

function StageGroup({ n, stage, children }: StageGroupProps) {
  const { cascade } = useWords(commonWords);
  const [, height, width] = stage.shape;
  return (
    <fieldset className="stage-group">
      <legend>{cascade.sized(n, `${width}×${height}`)}</legend>
      {children}
    </fieldset>
  );
}

const KEYS = { guidanceScale: 'scale', numSteps: 'steps', augmentation: 'augmentation' } as const;

interface AdjustableProps {
  readonly n: number;
  readonly name: keyof typeof KEYS;
  /** What the cascade's manifest says. */
  readonly usual: number;
  readonly children: (value: number, set: (value: number) => void) => ReactNode;
}

/** A setting of a stage, with a way back to what the cascade has it at. */
function Adjustable({ n, name, usual, children }: AdjustableProps) {
  const { store } = useApp();
  const { cascade } = useWords(commonWords);
  const choice = useAppState(
    ({ settings }) => settings.columns[settings.active]?.stages?.[n - 2] ?? DEFAULT_STAGE,
  );
  const key = `${KEYS[name]}-${n}`;
  const label = cascade[KEYS[name]](n);
  const set = (value: StageChoice[typeof name]) => changeSetting(store, settingOf(key)!, value);
  return (
    <OffAxis name={key} label={label}>
      <div className="adjustable">
        {children(choice[name] ?? usual, (value) => set(value === usual ? null : value))}
        <button
          type="button"
          className="quiet"
          // Its place is kept: what comes must push nothing.
          data-shown={choice[name] !== null}
          disabled={choice[name] === null}
          aria-label={cascade.backTo(label, String(usual))}
          title={cascade.backTo(label, String(usual))}
          onClick={() => set(null)}
        >
          ↺
        </button>
      </div>
    </OffAxis>
  );
}

const rounded = (value: number) => Number(value.toFixed(4));
