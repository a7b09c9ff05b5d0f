import type { EngineError } from '../engine/client';
import type { FallbackReason } from '../engine/protocol';
import type { PresetId } from '../state/presets';
import type { Language } from '../state/settings';
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
    useWasm: string;
    useWebGpu: string;
    license(data: string, licence: string): string;
  };
  readonly notice: {
    misread(pieces: string): string;
    deviceLost: string;
    recovered: string;
    copied: string;
    link(address: string): string;
    dismiss: string;
  };

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
  };
  readonly names: Readonly<Record<string, string>>;

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
  readonly settingsText: {
    scaleS(value: string): string;
    scaleW(value: string): string;
    steps(n: number): string;
    interval(lo: string, hi: string): string;
    everywhere: string;
  };
  readonly about: { summary: string; paragraphs: readonly string[]; formula: string };
}

export const STRINGS: Readonly<Record<Language, Strings>> = { en, zh };

/** The name of a registry entry or parameter: the language's own, else the registry's label. */
export function nameOf(
  strings: Strings,
  entry: { readonly id: string; readonly label: string },
): string {
  return strings.names[entry.id] ?? entry.label;
}
