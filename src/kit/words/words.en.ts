import type { EngineError } from '../../engine/client';
import type { FallbackReason } from '../../engine/protocol';

/** Where a run of several stages stands. */
interface StageMoment {
  readonly stage: number;
  /** Width × height of its pictures. */
  readonly size: string;
  readonly step: number;
  readonly steps: number;
  readonly sigma: string;
}

export const en = {
  title: 'Guidance Playground',
  retry: 'Try again',
  useCpu: 'Compute on the CPU',
  silent:
    'Nothing has been heard of the work for 20 seconds. It may still be going on, or be stuck.',
  openDefault: 'Open the default network',
  /** A part of the page that does not work. */
  part: {
    missing:
      'This part of the page could not be loaded: the connection broke, or a new version of the page has been put in place.',
    failed: 'This part of the page has failed. The rest goes on.',
    reload: 'Reload the page',
  },
  loading: {
    download: (file: string, received: string, total: string) =>
      `Downloading ${file}: ${received} of ${total}`,
    fromCache: 'Network found on this machine',
    prepare: 'Starting the inference engine…',
    warmUp: 'Warming up: compiling the network for this machine…',
    start: 'Looking for the network…',
    retrying: (file: string, received: string, total: string) =>
      `The connection broke at ${received} of ${total} of ${file}. Trying again…`,
  },
  failure: {
    'unknown-model': 'This model does not exist',
    'missing-file': 'A file of the model is missing',
    'damaged-file': 'A file of the model is damaged',
    'invalid-manifest': 'The description of the model is not valid',
    network: 'The model could not be downloaded',
    engine: 'The engine failed',
  } satisfies Readonly<Record<EngineError['kind'], string>>,
  notice: {
    misread: (pieces: string) => `Ignored in the address: ${pieces}`,
    deviceLost: 'The graphics device was lost. Rebuilding the engine and repeating the run…',
    recovered: 'The engine is back.',
    smallerBatch: (rows: number) =>
      `That many estimates at once did not work here. From now on at most ${rows} at once.`,
    fullPrecision:
      'In float16 numbers of a picture went beyond what it can hold. From now on the network computes in float32, and the run is drawn again.',
    dismiss: 'Dismiss',
    fallback: {
      'no-webgpu':
        'This browser has no WebGPU, so the CPU computes. Slower, but the same pictures.',
      'no-adapter':
        'WebGPU found no graphics adapter here, so the CPU computes. Slower, but the same pictures.',
      'software-adapter':
        'The only graphics adapter here is a program on the CPU, which is slower than computing there directly. So the CPU computes.',
      'no-device':
        'The graphics adapter refused to work, so the CPU computes. Slower, but the same pictures.',
      'trial-failed':
        'A trial run on the graphics adapter went wrong, so the CPU computes. Slower, but the same pictures.',
    } satisfies Readonly<Record<FallbackReason, string>>,
    restored: (file: string) => `Restored from ${file}.`,
    changed: 'The network has changed since: its pictures may differ from the file’s.',
    unreadable: 'Not restored.',
    notKept: 'This network is not kept beyond a reload: the browser does not store it.',
    notExported: 'Not exported.',
    storageSilent:
      'The storage of this browser does not answer. The page goes on without it: nothing is kept on this machine.',
    refitted: (pieces: string) => `This network does not know: ${pieces}. It was set anew.`,
  },
  controls: {
    label: 'Settings',
    editing: (column: number) => `Column ${column}`,
    subject: 'Draw',
    noClassHint: 'No class: the unconditional network',
    word: 'or a word',
    wordPlaceholder: 'type a word',
    wordHint: 'One sample a letter',
    mixed: 'Mixed',
    mixedHint: 'One sample each of several classes',
    addClass: 'Add a class',
    leaveOut: (name: string) => `Leave out ${name}`,
    classOf: (name: string) => `Class ${name}`,
    guidanceScale: 'Guidance scale',
    scaleHintS: 's: 1 = off, 0 = unconditional',
    scaleHintW: 'w = s − 1 as in the paper: 0 = off',
    unit: 'Scale as',
    guidance: 'Rule',
    interval: 'Guided noise levels',
    intervalLow: 'Lowest guided noise level',
    intervalHigh: 'Highest guided noise level',
    intervalAll: 'all',
    shape: 'Over the steps',
    numSteps: 'Steps',
    sampler: 'Sampler',
    schedule: 'Noise schedule',
    seed: 'Seed',
    dice: 'New noise',
    lock: 'Keep the noise when what is drawn changes',
    lockHint: 'Keep the noise',
    count: 'Samples',
    more: 'Noise and samples',
    classifierScale: 'Classifier scale',
    scaleHintClassifier: 'k: how far the classifier’s gradient pulls, 0 = off',
    moreRules: 'More rules',
    firstOrderHint: 'This rule works with first-order samplers only.',
    curveSetsScale: 'The curve over the steps sets the scale',
    onAxis: (control: string) => `${control}: on an axis of the grid`,
    startFrom: 'Start from',
  },
  /** Of networks that prompts condition. */
  prompt: {
    label: 'Prompt',
    placeholder: 'what to draw',
    nonePlaceholder: 'no prompt',
    add: 'Add a prompt',
    several: 'Several',
    severalHint: 'One sample each of several prompts, which can also be typed with | between them',
    noneHint: 'No prompt: the unconditional network',
    examples: 'Examples',
    recent: 'Recent',
    readAs: (text: string) => `Read as “${text}”.`,
    unknown: (words: string) => `Not understood: ${words}.`,
    nothing: 'Nothing of it is understood: drawn as without a prompt.',
    cut: 'Too long: its end is left out.',
    unreadable: (reason: string) => `How it is read is not known: ${reason}`,
    quoted: (text: string) => `“${text}”`,
    extras: 'Threshold, mixing prompts, negative prompt',
    mix: 'Mix with prompt',
    negative: 'Negative prompt',
    negativeHint: 'Leads away from this in place of no prompt.',
    noOther: 'no other',
    noNegative: 'no prompt (as usual)',
  },
  names: {} as Readonly<Record<string, string>>,
  extras: {
    summary: 'Threshold, class mixing, negative class',
    threshold: 'Threshold on the estimate',
    noThreshold: 'None',
    staticThreshold: 'Static: clamp to ±1',
    dynamicThreshold: 'Dynamic (Imagen)',
    mix: 'Mix with class',
    noMix: 'no other',
    share: (name: string) => `Share of ${name}`,
    negative: 'Lead away from',
    negativeClass: 'Negative class',
    negativeHint: 'A class in place of no class: a negative prompt.',
    noNegative: 'no class (as usual)',
  },
  settingsText: {
    scaleS: (value: string) => `s = ${value}`,
    scaleW: (value: string) => `w = ${value}`,
    scaleK: (value: string) => `k = ${value}`,
    steps: (n: number) => (n === 1 ? '1 step' : `${n} steps`),
    interval: (lo: string, hi: string) => `guided for σ in (${lo}, ${hi}]`,
    everywhere: 'guided everywhere',
    curve: (course: string) => `step by step: ${course}`,
    noThreshold: 'no threshold',
    dynamic: (percentile: string) => `dynamic threshold ${percentile} %`,
    mix: (share: string, name: string) => `${share} ${name}`,
    noMix: 'unmixed',
    negative: (name: string) => `away from ${name}`,
    noNegative: 'away from no class',
  },
  cascade: {
    heading: 'Stages',
    upTo: 'Stages',
    sized: (n: number, size: string) => `Stage ${n}: ${size}`,
    firstHint: (size: string) => `What stands above is the first stage’s, ${size}.`,
    drawnTo: (n: number, size: string) => `Up to stage ${n}, ${size}`,
    backTo: (setting: string, value: string) => `${setting} as usual: ${value}`,
    augmentationHint:
      'Noise on the picture that this stage enlarges: 0 follows it closely, more leaves more to the prompt.',
    picture: (n: number, size: string) => `What stage ${n} has drawn, ${size}`,
    allStages: 'all stages',
    stages: (n: number) => (n === 1 ? 'first stage alone' : `first ${n} stages`),
    stage: (n: number) => `stage ${n}`,
    scale: (n: number) => `Stage ${n}: scale`,
    steps: (n: number) => `Stage ${n}: steps`,
    augmentation: (n: number) => `Stage ${n}: augmentation`,
    threshold: (n: number) => `Stage ${n}: threshold`,
    prompt: (n: number) => `Stage ${n}: prompt`,
    samePrompt: 'as in the first stage',
    usual: 'as usual',
  },
  axis: {
    class: 'Class',
    seed: (value: string) => `seed ${value}`,
    sampleOf: 'Sample',
    sample: (value: string) => `sample ${value}`,
    withSampler: (name: string) => `with ${name}`,
    refused: {
      prediction: (rule: string) => `This model has no network for ${rule}`,
      sampler: (rule: string, sampler: string) =>
        `${rule} works with first-order samplers only, not ${sampler}`,
      unused: (setting: string) => `Without effect here: ${setting}`,
      class: (name: string) => `The model does not know ${name}`,
      conflict: 'Both axes set the same thing',
    },
  },
  stage: {
    label: 'Samples',
    sameNoise: 'Every column starts from the same noise.',
    differIn: (what: string) => `The columns differ in ${what}.`,
    column: (n: number) => `Column ${n}`,
    pin: 'Pin as a column',
    pinShort: 'Pin',
    pinHint: 'Keep this column and go on in a copy beside it',
    remove: (n: number) => `Remove column ${n}`,
    select: (n: number) => `Edit column ${n}`,
    waiting: 'waiting',
    running: (step: number, steps: number) => `step ${step} of ${steps}`,
    failed: 'This run failed:',
    samplesOf: (count: number, what: string) => `${count} samples of ${what}`,
    pickedSample: 'Sample in the filmstrip',
    unconditional: 'no class',
  },
  figures: {
    recognised: 'recognised',
    recognisedHint: (network: string) =>
      `Share that the classifier ${network} reads as what was asked for`,
    alignment: 'fits the prompt',
    alignmentHint: (network: string) =>
      `Mean cosine of what ${network} sees in the samples and of what their prompts say: 1 at most`,
    parts: {
      background: (right: number, asked: number) => `right background: ${right} of ${asked}`,
      count: (right: number, asked: number) => `right count: ${right} of ${asked}`,
      style: (right: number, asked: number) => `right style: ${right} of ${asked}`,
    },
    partsHint: (network: string) =>
      `Samples in which ${network} sees what the prompt asks for, of those whose prompt says it`,
    diversity: 'diversity',
    spreadHint: 'How far this figure scatters with other noise: one standard deviation',
    real: (value: string) => `real: ${value}`,
    realHint: 'The same figure of real pictures of all classes, which no network was trained on',
    misread: (count: number) =>
      count === 1
        ? '1 underlined: read as another class'
        : `${count} underlined: read as another class`,
    diversityHint: (network: string) =>
      `Mean distance between two samples of the same class in the features of ${network}`,
    evaluations: 'NFE',
    evaluationsHint: 'Network evaluations a sample: conditional and unconditional count one each',
    perStep: 'ms a step',
    total: 'in all',
    drawnAhead: 'drawn in the background',
    readAs: (name: string, share: string) => `read as ${name}, ${share}`,
    notAvailable: '–',
    keptEvery: (steps: number) =>
      `Too large to keep in full: one step in ${steps} has its own picture.`,
    lost: {
      samples: (samples: string, step: number) => `Lost from step ${step} on: sample ${samples}.`,
      inStage: (samples: string, step: number, stage: number) =>
        `Lost from step ${step} of stage ${stage} on: sample ${samples}.`,
      network:
        'The network itself gave numbers that are no picture: not finite, or beyond a million.',
      uncond:
        'The network gave numbers that are no picture (not finite, or beyond a million) for what the guidance leads away from. Without guidance the sample may be whole.',
      prediction: (name: string) =>
        `The prediction “${name}” gave numbers that are no picture: not finite, or beyond a million.`,
      guidance:
        'The guidance drove the picture out of bounds: a smaller scale, more steps or a threshold keep it in.',
      figures: 'Lost samples count as not recognised, and diversity leaves them out.',
    },
  },
  timeline: {
    label: 'Timeline',
    play: 'Play',
    pause: 'Pause',
    scrub: 'Position in the denoising',
    view: 'Show',
    views: {
      estimate: 'Estimate',
      noisy: 'Noisy x',
      both: 'Both',
    },
    sigma: (value: string) => `noise level σ ${value}`,
    ofStage: (at: StageMoment) =>
      `stage ${at.stage}: ${at.size}, step ${at.step} of ${at.steps}, σ ${at.sigma}`,
    filmstrip: (sample: number) => `Steps of sample ${sample}`,
    frame: (step: number, sigma: string) => `Go to step ${step}, σ ${sigma}`,
  },
  students: {
    caption: (samples: number, judge: string) =>
      `Student / the network with classifier-free guidance: ${samples.toLocaleString('en')} samples a scale, judged by ${judge}`,
    recognised: 'recognised',
    frechet: 'Fréchet distance',
  },
  ruleHelp: {
    about: (rule: string) => `What ${rule} does`,
    paper: (id: string) => `The paper: arXiv ${id}`,
    sentences: {
      cfg: 'Exaggerates what the class changes in the estimate: the difference between the estimates with the class and without it.',
      conditional: 'The estimate with the class alone, without guidance.',
      unconditional:
        'The estimate without the class: what the network draws when nothing is asked for.',
      classifier:
        'Moves the estimate without the class to where a classifier of noisy pictures is surer of the class.',
      'classifier-conditional':
        'Moves the estimate with the class to where a classifier of noisy pictures is surer of it.',
      internal:
        'Leads away from the rougher estimate of a head in the middle of the same network: as autoguidance, at the cost of no guidance.',
      pag: 'Leads away from the estimate of the same network when its pixels do not look at each other: away from parts that do not fit together.',
      icg: 'Leads away from the estimate with a class drawn at random at every step: for networks that were never taught to draw without a class.',
      autoguidance:
        'Leads away from a weaker version of the network in place of the estimate without the class: from its mistakes, not from other classes.',
      distilled:
        'A second network that learnt the guided estimate, with the scale as an input: one evaluation a step in place of two. Near the original, not equal to it.',
      fast: 'A second network that learnt guidance and long steps at once: two evaluations a picture. What it is not sure of comes out softer than by the original.',
      apg: 'Splits the difference into a part along the estimate, which saturates, and a part across it, and keeps little of the first.',
      'cfg-plus-plus':
        'Guides the estimate within the two predictions, and goes back to noise with the unconditional one.',
      rescale: 'Guides, and then brings the contrast back to that of the estimate with the class.',
      'cfg-zero-star':
        'Scales the estimate without the class so that it fits best, and leaves out the first steps.',
      tcfg: 'Drops what the estimate without the class does not share with the one with it, before guiding.',
      fdg: 'Guides coarse forms and fine detail each with a scale of its own.',
      feedback:
        'Guides each sample as much as its own way so far says that it needs: what is sure of its class is left alone. The scale is the most that it may take.',
      momentum:
        'Leads away from the average of the steps before, which lags behind as a weaker network would: no evaluation more than without guidance.',
      higs: 'Leads away from the average of earlier estimates, in their fine detail alone and while there is much noise: no evaluation more than without guidance.',
      'mambo-g': 'Weakens the guidance where the two estimates are far apart.',
      'low-temperature':
        'Exaggerates the score itself, without comparing: the paper’s example of what does not work.',
    } as Readonly<Record<string, string>>,
  },
  steer: {
    start: 'Steer',
    stop: 'Stop steering',
    back: (scale: number) => `Back to ${scale} at every step`,
    hint: 'Watch a slow run and move the scale as it goes: each step takes the scale of its moment',
    now: 'Move the scale now: it counts from the next step on. Esc gives up.',
  },
  classSearch: {
    search: (classes: number) => `Search ${classes} classes`,
    matches: (count: number) => (count === 1 ? '1 class' : `${count} classes`),
    noMatch: (typed: string) => `No class is called “${typed}”.`,
  },
  charts: {
    numbers: 'Take the numbers away:',
    file: (format: string, title: string) => `${format}: ${title}`,
  },
  planeData: {
    wanted: 'Class asked for',
    classNamed: (letter: string) => `Class ${letter}`,
  },
};
