import type { FigureId } from './curves';
import type { ExperimentId } from './settings';

export const en = {
  page: 'Experiments',
  choose: 'Experiment',
  names: {
    strength: 'Guidance strength',
    'p-uncond': 'Share of unconditional training',
    steps: 'Number of steps',
    temperature: 'Why not lower the temperature?',
  } satisfies Readonly<Record<ExperimentId, string>>,
  /** What to look for. */
  look: {
    strength:
      'Follow the curve from w = 0: each step of w makes the pictures easier to recognise (the score rises) until they drift away from real ones (the Fréchet distance rises too).',
    'p-uncond':
      'Each curve is a network of its own, trained with another share of examples without their class; see whether their curves lie on top of each other.',
    steps:
      'Look for the number of evaluations beyond which a curve is flat, and for the samplers that get there first.',
    temperature:
      'A method that buys fidelity moves to the right without climbing; see which of the curves do, and which only climb.',
  } satisfies Readonly<Record<ExperimentId, string>>,
  /** What the paper found. */
  found: {
    strength:
      'The paper found the best FID at a small w (0.1 to 0.3) and an Inception Score that keeps rising up to w = 4: guidance trades variety for fidelity.',
    'p-uncond':
      'The paper found shares of 0.1 and 0.2 about equally good and 0.5 worse throughout: little of the network need be spent on the unconditional task.',
    steps:
      'The paper’s sampler improved from 128 to 256 steps and hardly beyond; samplers that came later need a tenth of that.',
    temperature:
      'Scaling the score or adding less noise gives blurred, low-quality samples, as the paper reports from earlier work; classifier guidance and classifier-free guidance make the true trade.',
  } satisfies Readonly<Record<ExperimentId, string>>,
  /** Of a network that draws prompts, over the guidance strength. */
  ofPrompts: {
    look: 'Follow the curve from w = 0: the pictures fit their prompts better and better (alignment rises); see from which w on they drift away from real drawings (the Fréchet distance rises).',
    found:
      'Imagen’s paper (2205.11487) draws FID against CLIP score over the guidance weight: a little guidance improves both, then the score goes on rising while the FID grows.',
  },
  lookFor: 'Look for',
  paperFound: 'The paper',
  sweep: 'Sweep',
  weights: 'Guidance strengths w',
  steps: 'Evaluations T',
  badValues: (min: number, max: number, most: number) =>
    `Needs 1 to ${most} different numbers within [${min}, ${max}], separated by commas`,
  badSteps: (min: number, max: number, most: number) =>
    `Needs 1 to ${most} different whole numbers within [${min}, ${max}], separated by commas`,
  samples: 'Samples a point',
  badSamples: (min: number, max: number) => `Needs a whole number within [${min}, ${max}]`,
  run: 'Run',
  goOn: 'Go on',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: (points: number) => `Try ${points} failed points again`,
  progress: (done: number, all: number) => `${done} of ${all} samples`,
  finished: 'Finished',
  measuring: 'Measuring',
  secondsLeft: (n: number) => `about ${n} s left`,
  minutesLeft: (n: number) => `about ${n} min left`,
  hoursLeft: (n: number) => `about ${n} h left`,
  curves: {
    title: 'Curves',
    count: (n: number) => `${n} samples a point`,
    empty: 'no samples yet',
    remove: (name: string) => `Remove the curve ${name}`,
    add: 'Add a curve',
    addThis: 'Add',
    addColumns: 'Add the playground’s columns',
    own: 'Back to this experiment’s own curves',
    network: 'Network',
    loaded: 'The page’s network',
    trainedWith: (title: string, share: string) => `${title}, p_uncond ${share}`,
    full: 'No more curves fit.',
    atNextW: 'at w + 1',
    lessNoise: 'noise × 1/(1 + w)',
    unequal:
      'These curves have different numbers of samples so far: Fréchet distance, score, recall and coverage depend on it. Compare them when the numbers agree.',
    refused: (points: number) => `${points} points cannot be drawn`,
    failed: (points: number) => `${points} points failed`,
    refusals: {
      model: 'the network is not on this site',
      prediction: 'the model has no network for the rule',
      unused: 'the rule has no such setting to sweep',
      range: 'the value leads out of the setting’s range',
    } satisfies Readonly<Record<'model' | 'prediction' | 'unused' | 'range', string>>,
  },
  figures: {
    frechetDistance: 'Fréchet distance',
    classifierScore: 'Classifier score',
    classAccuracy: 'Class accuracy',
    kernelDistance: 'Kernel distance',
    precision: 'Precision',
    recall: 'Recall',
    density: 'Density',
    coverage: 'Coverage',
    diversity: 'Diversity within a class',
    alignment: 'Alignment with the prompt',
  } satisfies Readonly<Record<FigureId, string>>,
  axes: {
    weight: 'guidance strength w',
    steps: 'evaluations T',
  },
  chart: {
    plane: 'Fréchet distance against classifier score',
    planeOfPrompts: 'Fréchet distance against alignment with the prompt',
    over: (figure: string, axis: string) => `${figure} over ${axis}`,
    fidelity: 'Down: closer to real pictures. Right: easier to recognise.',
    fits: 'Down: closer to real pictures. Right: closer to the prompt.',
    waiting: 'Press Run: your own curve draws itself here as samples arrive.',
    undefinedDistance:
      'Not known yet: a Fréchet distance needs more samples than the network has features.',
    undefinedFigure:
      'Not known yet: there are too few samples, or the stored points were measured without it.',
    pick: 'Click a point, or choose it in the table below, to see its samples.',
    point: (curve: string, value: string) => `${curve}, ${value}`,
  },
  stored: {
    short: 'stored',
    measured: (date: string) => `measured by the command line, ${date}`,
    note: (models: string, samples: string, date: string) =>
      `Hollow: measured beforehand by the command line (${models}; ${samples} samples a point; ${date}). Filled: yours, drawn on this page.`,
    title: (models: string) => `Measured beforehand: ${models}`,
    otherNetwork: (network: string, judge: string) =>
      `The page’s network is ${network}: it makes other pictures, and another network (not ${judge}) judges them. Its curves have charts of their own, and only their shape compares with these.`,
    noSamples: (date: string) =>
      `Measured by the command line on ${date}; its samples are not here. This makes them again:`,
  },
  paper: {
    show: 'The paper’s figures beside',
    weights: (share: string) => `Paper, Table 1: p_uncond ${share}`,
    steps: (w: string) => `Paper, Table 2: w = ${w}`,
    samples: '50,000 samples a point, ImageNet',
    plane: 'The paper: FID against Inception Score',
    figure: (figure: string) => `The paper: ${figure}`,
    over: (figure: string, axis: string) => `The paper: ${figure} over ${axis}`,
    ofWeights:
      'Ho and Salimans (2022), Table 1: ImageNet 64², judged by Inception. Another data set on axes of its own: only the shape compares.',
    ofSteps:
      'Ho and Salimans (2022), Table 2: ImageNet 128², judged by Inception. Another data set on axes of its own: only the shape compares.',
  },
  point: {
    title: (value: string) => `Samples at ${value}`,
    samples: (n: number, ofPrompts: boolean) =>
      `The first ${n} samples, all ${ofPrompts ? 'prompts' : 'classes'} in turn; the same noise at every point.`,
    noSamples: 'This point came with a file: its samples are not here.',
    open: 'Open in the playground',
    openHint: 'With the settings of this point; the samples there are the first ones here.',
    otherNetwork: 'This curve’s network is not the page’s: the playground cannot show it.',
    close: 'Close',
    nfe: 'Network evaluations a sample',
    count: 'Samples',
    leftOut: 'Left out: not finite',
  },
  table: {
    title: 'All numbers',
    curve: 'Curve',
    value: 'Value',
  },
  problems: {
    storage: 'Results cannot be kept beyond this visit:',
    networks: 'The list of networks could not be read:',
    file: 'Not read:',
    noPrompts: 'This model’s feature network has no prompts to measure it with.',
    noFeatures: 'This model has no feature network: nothing can be measured with it.',
  },
  unreadable: {
    what: (points: number, files: string) =>
      `What this browser kept of ${[points > 0 && (points === 1 ? 'one point' : `${points} points`), files].filter(Boolean).join(' and ')} cannot be read: it is damaged, or of another version of this page. It is left out.`,
    remove: 'Delete it',
  },
  kept: 'Every finished batch is kept in this browser: a reload loses nothing.',
  take: {
    bring: 'Bring a result file',
    bringHint: 'A JSON file of this page or of the command line’s sweep.',
    from: (file: string) => `from ${file}`,
    removeFile: (file: string) => `Remove ${file}`,
    otherJudge: (file: string, judge: string) =>
      `${file} is not drawn: its figures are those of another feature network (${judge}) and do not compare.`,
    discard: 'Forget these results',
    discardHint: 'Deletes what was computed for the points of this experiment.',
  },
};
