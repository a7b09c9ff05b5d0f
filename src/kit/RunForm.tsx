import type { ComponentType, ReactNode } from 'react';
import { findGuidanceRule } from '../diffusion/guidance';
import type { GuidanceRule } from '../diffusion/guidance/rule';
import { findSampler } from '../diffusion/samplers';
import { findSchedule } from '../diffusion/schedules';
import {
  CHOICES,
  type ColumnSettings,
  LIMITS,
  type Predicting,
  samplersFor,
} from '../settings/column';
import { useWords } from './app-context';
import { IntervalSlider } from './IntervalSlider';
import { type Frame, ParameterSliders } from './ParameterSliders';
import { RuleHelp } from './RuleHelp';
import { Select } from './Select';
import { Slider } from './Slider';
import { commonWords } from './words/words';
import './form.css';

/** A slider up to the limit would have the useful numbers of steps within a few pixels. */
const MOST_STEPS_BY_SLIDER = 128;

interface RunFormProps {
  readonly run: ColumnSettings;
  readonly rules: readonly GuidanceRule[];
  /** The network that the run is for. Absent: one that can follow every choice. */
  readonly model?: Predicting | undefined;
  readonly ruleHint?: string | undefined;
  /** The control of the guidance scale, for rules that have one. */
  readonly scale: ReactNode;
  /** The control of the scale's course over the steps. */
  readonly shape: ReactNode;
  /** What the rule needs besides its parameters. */
  readonly more?: ReactNode;
  /** The stages that follow, of a cascade. */
  readonly stages?: ReactNode;
  /** What is seldom changed, besides what stands there anyway. */
  readonly expert?: ReactNode;
  /** Stands around what is seldom changed. */
  readonly Expert?: ComponentType<{ readonly children: ReactNode }>;
  readonly Frame?: Frame;
  onChange(changes: Partial<ColumnSettings>): void;
}

/** How a run is guided and sampled. */
export function RunForm(props: RunFormProps) {
  const { run, rules, model, ruleHint, scale, shape, more, stages, expert, onChange } = props;
  const { Frame = NoFrame, Expert = NoFrame } = props;
  const { controls } = useWords(commonWords);
  const rule = findGuidanceRule(run.guidance);
  const parametersOf = (owner: Parameters<typeof ParameterSliders>[0]['owner']) => (
    <ParameterSliders
      {...{ owner, model, Frame }}
      column={run}
      onChange={(parameters) => onChange({ parameters })}
    />
  );
  return (
    <>
      {rule.usesScale && (
        <Frame name="scale" label={controls.guidanceScale}>
          {scale}
        </Frame>
      )}
      <Frame name="guidance" label={controls.guidance}>
        <div className="with-question">
          <RuleSelect
            value={run.guidance}
            rules={rules}
            hint={ruleHint}
            onChange={(guidance) => onChange({ guidance })}
          />
          <RuleHelp rule={rule} />
        </div>
      </Frame>
      {parametersOf(rule)}
      {more}
      {rule.usesScale && (
        <Frame name="interval" label={controls.interval}>
          <IntervalSlider value={run.interval} onChange={(interval) => onChange({ interval })} />
        </Frame>
      )}
      <Frame name="steps" label={controls.numSteps}>
        <Slider
          label={controls.numSteps}
          value={run.numSteps}
          {...LIMITS.numSteps}
          sliderMax={MOST_STEPS_BY_SLIDER}
          onChange={(numSteps) => onChange({ numSteps: Math.round(numSteps) })}
        />
      </Frame>
      <Frame name="sampler" label={controls.sampler}>
        <SamplerSelect
          value={run.sampler}
          guidance={run.guidance}
          onChange={(sampler) => onChange({ sampler })}
        />
      </Frame>
      {stages}
      <Expert>
        {parametersOf(findSampler(run.sampler))}
        <Frame name="schedule" label={controls.schedule}>
          <ScheduleSelect value={run.schedule} onChange={(schedule) => onChange({ schedule })} />
        </Frame>
        {parametersOf(findSchedule(run.schedule))}
        {rule.usesScale && (
          <Frame name="shape" label={controls.shape}>
            {shape}
          </Frame>
        )}
        {expert}
      </Expert>
    </>
  );
}

function NoFrame({ children }: { readonly children: ReactNode }) {
  return children;
}

interface ChoiceProps {
  /** An entry's id. */
  readonly value: string;
  onChange(id: string): void;
}

/** A guidance rule, the advanced ones under a heading of their own. */
export function RuleSelect({
  value,
  rules,
  hint,
  onChange,
}: ChoiceProps & { readonly rules: readonly GuidanceRule[]; readonly hint?: string | undefined }) {
  const { controls } = useWords(commonWords);
  return (
    <Select
      label={controls.guidance}
      {...{ value, hint, onChange }}
      entries={rules.filter(({ advanced }) => !advanced)}
      more={{ heading: controls.moreRules, entries: rules.filter(({ advanced }) => advanced) }}
    />
  );
}

/** A sampler that a guidance rule can work with. */
export function SamplerSelect({
  value,
  guidance,
  onChange,
}: ChoiceProps & { readonly guidance: string }) {
  const { controls } = useWords(commonWords);
  const { firstOrderOnly } = findGuidanceRule(guidance);
  return (
    <Select
      label={controls.sampler}
      {...{ value, onChange }}
      entries={samplersFor(guidance)}
      hint={firstOrderOnly ? controls.firstOrderHint : undefined}
    />
  );
}

export function ScheduleSelect({ value, onChange }: ChoiceProps) {
  const { controls } = useWords(commonWords);
  return <Select label={controls.schedule} {...{ value, onChange }} entries={CHOICES.schedule} />;
}
