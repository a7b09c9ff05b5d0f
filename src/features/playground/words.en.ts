import type { PresetId } from '../../settings/presets';
import type { Warning } from '../../settings/warnings';

export const en = {
  page: 'Playground',
  /** The columns side by side. */
  name: 'Columns',
  layout: 'Arrangement',
  presets: {
    names: {
      glance: 'At a glance',
      off: 'Guidance off',
      sweet: 'Sweet spot',
      collapse: 'Collapse',
      overdone: 'Overdone',
      negative: 'Negative',
      rescue: 'Interval rescue',
      few: 'Few steps',
      rules: 'Rules compared',
      classifier: 'By a classifier',
      temperature: 'Low temperature',
      strengths: 'At a glance',
      fits: 'Fitting the prompt',
      noisier: 'Noise before enlarging',
      twoprompts: 'Two prompts in one',
      away: 'Away from the prompt',
    } satisfies Readonly<Record<PresetId, string>>,
    notes: {
      glance:
        'Guidance pushes every step towards the class, s times as far: on the same noise more samples are read as it, and they vary less the stronger it is.',
      off: 'Scale 1 is the conditional network alone: not every sample is read as what was asked for. Beside it, no class at all: then less than half as many are.',
      sweet:
        'A little guidance: more samples are read as what was asked for, and more than half of the variety stays.',
      collapse: 'Four times the scale: the samples grow alike.',
      overdone:
        'Stronger than this network stands in so few steps: less than half as many samples are still recognised.',
      negative:
        'Below 0 the guidance pushes away from the class: less than half as many samples are read as it.',
      rescue:
        'No guidance, scale 4 only where the noise is middling, and at every noise level: left out at both ends it gives variety back, and more is recognised than without it.',
      few: 'Four guided steps by three samplers. Heun looks twice at each step, and yet overshoots: less than half as many of its samples are recognised.',
      rules:
        'Four rules at the same strong scale: the other three keep more variety than classifier-free guidance does.',
      classifier:
        'The unconditional network led by the gradient of a noisy classifier, the way it was done before: the stronger, the more is recognised. At the same strength (s = 2 is k = 1), guidance without a classifier is ahead.',
      temperature:
        'The paper’s negative example: a scaled score loses more variety than guidance does, and fewer samples are recognised: clean pictures, but of anything.',
      strengths:
        'Guidance pushes every step towards the prompt, s times as far: on the same noise the pictures fit it better, and they vary less the stronger it is.',
      fits: 'Guidance off, and at scale 4 in the first stage, on the same noise: the pictures fit their prompt better, and are less varied.',
      noisier:
        'Imagen’s noise conditioning augmentation, at level 0 and at .6: with more noise on the picture that they enlarge, the stages depart from it, and the result fits the prompt less.',
      twoprompts:
        'The same noise with the prompt alone, and with six tenths of its text replaced by another prompt’s: the pictures fit their own prompt less.',
      away: 'Scale −1 pushes away from the prompt: the pictures fit it less than half as well as without guidance.',
    } satisfies Readonly<Record<PresetId, string>>,
    below: 'below',
    above: 'above',
    claims: 'What the caption says, in figures of the columns',
    holdsHere: 'so it is in these pictures',
    notHere:
      'not so in these pictures: it was measured with this network’s own scene and over all its classes',
    tooClose: 'the two are as close as their ±: these few pictures do not tell',
    notYet: 'to be seen once the columns are drawn',
  },
  /** Over pictures of the first visit that were made before it. */
  drawnEarlier: 'Drawn earlier by this network; live ones follow',
  rail: {
    label: 'Guidance rail',
    hint: 'Click to add a column at this scale; press and drag to play the guidance',
    handle: (column: number) => `Column ${column}: guidance scale`,
    handleHint: 'Drag, or use the arrow keys.',
    removeHint: 'Drag it off the rail, or press Delete, to remove the column.',
    zones: { away: 'away', off: 'off', typical: 'typical', strong: 'strong' },
    zoneNow: (scale: number | string, zone: string) => `${scale} is ${zone}`,
    recognised: 'recognised',
    fits: 'fits prompt',
    realLine: 'The faint lines: real pictures',
    variety: 'diversity',
    student: 'student',
    shownByStudent: 'two-step student',
    byStudent: '• student so far',
  },
  warnings: {
    'few-heun-steps':
      'Heun’s correction overshoots with two steps, far beyond black and white: take three or more, or another sampler.',
    'few-multistep-steps':
      'With so few steps this sampler has no earlier step to go by: it draws about what its first order would.',
    'few-third-order-steps':
      'Below ten steps the third order extrapolates too far and pictures fall apart: take more, or DPM-Solver++ 2M.',
    'idle-negative': 'At scale 1 nothing is taken from the negative class: it does nothing.',
  } satisfies Readonly<Record<Warning, string>>,
  expert: {
    summary: 'Expert settings',
    film: 'Draw other scales ahead',
    filmHint:
      'While nothing else is computed, the pictures are drawn at a dozen scales, for the guidance rail to play',
  },
  sheet: { open: 'Settings', close: 'Close the settings' },
  overlay: {
    show: 'Mark out of range',
    hint: 'Colours the pixels of the estimate that lie outside the range of the data',
    below: 'below −1',
    above: 'above 1',
  },
  unguidable: {
    /** In place of the classes, and beside the choice of guidance. */
    takesNoLabel:
      'This network takes no class label. There is no conditional estimate that guidance could compare with the unconditional one.',
    student:
      'This network takes the guidance scale as an input: it was distilled, and guides in one pass. It was not made for estimates with and without a class that other rules could compare.',
    noNullLabel:
      'This network was trained without a label for “no class”. There is no unconditional estimate that guidance could lead away from.',
  },
  curve: {
    drawn: 'Step by step: drawn or steered',
    edit: 'Scale of each step, to be drawn',
    preview: 'Scale of each step',
    recording: 'Scale of each step, as it is steered',
    hint: 'Draw with the pointer; or choose a step with ← and →, and move it with ↑ and ↓',
    at: (step: number, steps: number, sigma: string, scale: string) =>
      `step ${step} of ${steps}, σ ${sigma}: scale ${scale}`,
    outside: (step: number, steps: number, sigma: string) =>
      `step ${step} of ${steps}, σ ${sigma}: not guided`,
    range: (low: string, high: string) => `From ${low} to ${high}`,
    flat: 'Flat',
    flatHint: 'The mean of this curve at every step',
    reset: 'Reset',
    resetHint: 'What the shape and the scale before this curve give',
  },
  about: {
    summary: 'What am I seeing?',
    paragraphs: [
      'A diffusion network starts from pure noise and takes it away step by step. It was trained with the class label, and in a share of the training without it, so it can estimate the picture both ways: with the label (c) and without (u).',
      'Classifier-free guidance exaggerates the difference: u + s·(c − u). At s = 1 it is off; above, samples become more typical of their class and less varied; far above, they collapse.',
      'Everything is computed on this machine, now, and nothing is sent anywhere; only the small pictures that stand there until then were drawn earlier, and say so. The figures under the columns come from a classifier that looks at the finished samples.',
    ],
    formula: 'D = u + s · (c − u)',
  },
};
