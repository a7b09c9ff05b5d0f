import type { FigureId } from './curves';
import type { ExperimentId } from './settings';

/** The words of the page of experiments. */
export interface ExperimentWords {
  readonly choose: string;
  readonly names: Readonly<Record<ExperimentId, string>>;
  /** What to look for. */
  readonly look: Readonly<Record<ExperimentId, string>>;
  /** What the paper found. */
  readonly found: Readonly<Record<ExperimentId, string>>;
  readonly lookFor: string;
  readonly paperFound: string;
  readonly sweep: string;
  readonly weights: string;
  readonly steps: string;
  badValues(min: number, max: number, most: number): string;
  badSteps(min: number, max: number, most: number): string;
  readonly samples: string;
  badSamples(min: number, max: number): string;
  readonly run: string;
  readonly goOn: string;
  readonly pause: string;
  readonly resume: string;
  readonly cancel: string;
  retry(points: number): string;
  progress(done: number, all: number): string;
  readonly finished: string;
  readonly measuring: string;
  secondsLeft(n: number): string;
  minutesLeft(n: number): string;
  hoursLeft(n: number): string;
  readonly curves: {
    title: string;
    /** How many samples a point. */
    count(n: number): string;
    readonly empty: string;
    remove(name: string): string;
    readonly add: string;
    readonly addThis: string;
    readonly addColumns: string;
    readonly own: string;
    readonly network: string;
    readonly loaded: string;
    trainedWith(title: string, share: string): string;
    readonly full: string;
    readonly atNextW: string;
    readonly lessNoise: string;
    readonly unequal: string;
    refused(points: number): string;
    failed(points: number): string;
    readonly refusals: Readonly<Record<'model' | 'prediction' | 'unused' | 'range', string>>;
  };
  readonly figures: Readonly<Record<FigureId, string>>;
  readonly axes: { weight: string; steps: string };
  readonly chart: {
    plane: string;
    over(figure: string, axis: string): string;
    readonly fidelity: string;
    readonly waiting: string;
    readonly undefinedDistance: string;
    readonly undefinedFigure: string;
    readonly pick: string;
    point(curve: string, value: string): string;
  };
  readonly paper: {
    show: string;
    weights(share: string): string;
    steps(w: string): string;
    readonly note: string;
    readonly none: string;
  };
  readonly point: {
    title(value: string): string;
    samples(n: number): string;
    readonly noSamples: string;
    readonly open: string;
    openHint: string;
    readonly otherNetwork: string;
    readonly close: string;
    readonly nfe: string;
    readonly count: string;
  };
  readonly table: { title: string; curve: string; value: string };
  readonly take: {
    numbers: string;
    chart(format: string, title: string): string;
    readonly bring: string;
    readonly bringHint: string;
    from(file: string): string;
    removeFile(file: string): string;
    otherJudge(file: string, judge: string): string;
    readonly discard: string;
    readonly discardHint: string;
  };
  readonly problems: {
    readonly storage: string;
    readonly networks: string;
    readonly file: string;
    readonly noFeatures: string;
  };
  readonly kept: string;
}
