import type { EngineError } from '../../engine/client';
import type {
  BatchWhy,
  FallbackReason,
  InsideFigure,
  Precision,
  PrecisionWhy,
} from '../../engine/protocol';
import type { ExperimentWords } from '../../features/experiments/words';
import type { OwnWords } from '../../features/own/words';
import type { PlaneStrings } from '../../features/plane/plane-strings';
import type { PresetId } from '../../features/playground/presets';
import type { ModelWords } from '../../features/shelf/model-words';
import type { TrainStrings } from '../../features/training/train-strings';
import type { Language, Layout, Page } from '../../settings/settings';
import { en } from './strings-en';
import { zh } from './strings-zh';

type ErrorKind = EngineError['kind'];

/** Every word on the page. Names of registry entries and parameters by their ids. */
export interface Strings {
  readonly title: string;
  readonly tagline: string;
  readonly skip: string;
  readonly language: string;
  readonly theme: { label: string; auto: string; light: string; dark: string };

  readonly loading: {
    download(file: string, received: string, total: string): string;
    fromCache: string;
    prepare: string;
    warmUp: string;
    start: string;
  };
  readonly failure: Readonly<Record<ErrorKind, string>>;
  readonly retry: string;
  readonly openDefault: string;
  readonly badge: {
    label: string;
    wasm(threads: number): string;
    fallback: Readonly<Record<FallbackReason, string>>;
    forced: string;
    precision: {
      label: string;
      auto: string;
      computes(precision: Precision): string;
      checked: string;
      why: Readonly<Record<PrecisionWhy['reason'], string>>;
      difference(most: string): string;
    };
    batch: {
      label: string;
      auto: string;
      most(rows: number): string;
      why: Readonly<Record<BatchWhy['reason'], string>>;
    };
    useWasm: string;
    useWebGpu: string;
    license(data: string, licence: string): string;
  };
  readonly notice: {
    misread(pieces: string): string;
    deviceLost: string;
    recovered: string;
    smallerBatch(rows: number): string;
    copied: string;
    link(address: string): string;
    dismiss: string;
  };

  readonly pages: { label: string; names: Readonly<Record<Page, string>> };
  readonly tour: { start: string };
  readonly presets: {
    label: string;
    names: Readonly<Record<PresetId, string>>;
    notes: Readonly<Record<PresetId, string>>;
  };

  readonly controls: {
    label: string;
    editing(column: number): string;
    subject: string;
    noClassHint: string;
    word: string;
    wordPlaceholder: string;
    wordHint: string;
    mixed: string;
    mixedHint: string;
    addClass: string;
    leaveOut(name: string): string;
    classOf(name: string): string;
    guidanceScale: string;
    scaleHintS: string;
    scaleHintW: string;
    unit: string;
    guidance: string;
    interval: string;
    intervalLow: string;
    intervalHigh: string;
    intervalAll: string;
    shape: string;
    numSteps: string;
    sampler: string;
    schedule: string;
    seed: string;
    dice: string;
    lock: string;
    lockHint: string;
    count: string;
    more: string;
    copyLink: string;
    classifierScale: string;
    scaleHintClassifier: string;
    moreRules: string;
    firstOrderHint: string;
  };
  readonly names: Readonly<Record<string, string>>;

  readonly extras: {
    summary: string;
    threshold: string;
    noThreshold: string;
    staticThreshold: string;
    dynamicThreshold: string;
    mix: string;
    noMix: string;
    share(name: string): string;
    negative: string;
    negativeHint: string;
    noNegative: string;
  };
  readonly stage: {
    label: string;
    sameNoise: string;
    differIn(what: string): string;
    column(n: number): string;
    pin: string;
    pinHint: string;
    remove(n: number): string;
    select(n: number): string;
    preview(steps: number): string;
    waiting: string;
    running(step: number, steps: number): string;
    failed: string;
    samplesOf(count: number, what: string): string;
    pickedSample: string;
    unconditional: string;
  };
  readonly figures: {
    recognised: string;
    recognisedHint(network: string): string;
    diversity: string;
    diversityHint(network: string): string;
    evaluations: string;
    evaluationsHint: string;
    perStep: string;
    total: string;
    readAs(name: string, share: string): string;
    notAvailable: string;
  };
  readonly timeline: {
    label: string;
    play: string;
    pause: string;
    scrub: string;
    view: string;
    views: { estimate: string; noisy: string; both: string };
    sigma(value: string): string;
    filmstrip(sample: number): string;
    frame(step: number, sigma: string): string;
  };
  readonly inside: {
    title: string;
    overlay: string;
    overlayHint: string;
    below: string;
    above: string;
    hint(sample: number): string;
    gradient: string;
    gradientHint: string;
    charts: Readonly<Record<InsideFigure, string>>;
    gap: string;
    noData: string;
    noClass: string;
    negative(columns: string): string;
    at(step: number, sigma: string): string;
    column(n: number, value: string): string;
    weak(columns: string): string;
    pictures: Readonly<
      Record<'cond' | 'uncond' | 'weak' | 'difference' | 'explicit' | 'implicit', string>
    >;
    scale(limit: string): string;
  };
  readonly curve: {
    drawn: string;
    edit: string;
    preview: string;
    recording: string;
    hint: string;
    at(step: number, steps: number, sigma: string, scale: string): string;
    outside(step: number, steps: number, sigma: string): string;
    range(low: string, high: string): string;
    flat: string;
    flatHint: string;
    reset: string;
    resetHint: string;
    setsScale: string;
  };
  readonly steer: { start: string; stop: string; hint: string; now: string };
  readonly settingsText: {
    scaleS(value: string): string;
    scaleW(value: string): string;
    scaleK(value: string): string;
    steps(n: number): string;
    interval(lo: string, hi: string): string;
    everywhere: string;
    curve(course: string): string;
    noThreshold: string;
    dynamic(percentile: string): string;
    mix(share: string, name: string): string;
    noMix: string;
    negative(name: string): string;
    noNegative: string;
  };
  readonly wipe: {
    label: string;
    show: string;
    divider: string;
    difference: string;
    /** The letters that name the two columns. */
    sides: readonly [string, string];
    choose(side: string): string;
    option(column: number, heading: string): string;
    dividerBetween(left: string, right: string): string;
    percent(value: number): string;
    hint: string;
    alone: string;
    scale: string;
    moreA: string;
    moreB: string;
    mean: string;
    meanHint: string;
    differing: string;
  };
  readonly takeAway: {
    menu: string;
    pictures: string;
    animations: string;
    page: string;
    sample: string;
    row: string;
    columns: string;
    grid: string;
    sampleWay: string;
    rowWay: string;
    json: string;
    restore: string;
    restoreHint: string;
    drop: string;
    working(done: number, all: number): string;
    restored(file: string): string;
    changed: string;
    unreadable: string;
    failed: string;
    seed(value: number): string;
  };
  readonly grid: {
    onAxis(control: string): string;
    /** The control that chooses between columns, grid and wipe. */
    layout: string;
    layouts: Readonly<Record<Layout, string>>;
    label: string;
    rows: string;
    columns: string;
    swap: string;
    values(setting: string): string;
    numbersHint: string;
    intervalsHint: string;
    mixedClass(axis: string): string;
    notAValue(text: string, setting: string): string;
    tooMany(most: number): string;
    noValues: string;
    class: string;
    seed(value: string): string;
    /** What is not on an axis. */
    rest(column: number): string;
    sameNoise: string;
    withSampler(name: string): string;
    progress(done: number, all: number): string;
    pause: string;
    resume: string;
    retry(cells: number): string;
    waiting: string;
    running: string;
    failed: string;
    unjudged: string;
    open: string;
    again: string;
    refused: {
      prediction(rule: string): string;
      sampler(rule: string, sampler: string): string;
      unused(setting: string): string;
      class(name: string): string;
      conflict: string;
    };
  };
  readonly models: ModelWords;
  readonly own: OwnWords;
  readonly plane: PlaneStrings;
  readonly train: TrainStrings;
  readonly experiments: ExperimentWords;
  readonly about: { summary: string; paragraphs: readonly string[]; formula: string };
}

export const STRINGS: Readonly<Record<Language, Strings>> = { en, zh };

/** The entry of a choice that a parameter declares: its id is `parameter.value`. */
export function choiceEntry(
  parameter: { readonly id: string },
  choice: { readonly value: number; readonly label: string },
): { readonly id: string; readonly label: string } {
  return { id: `${parameter.id}.${choice.value}`, label: choice.label };
}

/** The name of a registry entry or parameter: the language's own, else the registry's label. */
export function nameOf(
  strings: Strings,
  entry: { readonly id: string; readonly label: string },
): string {
  return strings.names[entry.id] ?? entry.label;
}
