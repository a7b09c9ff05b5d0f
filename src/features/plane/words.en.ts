import type { Arrows, HeatMap, PlanePreset } from '../../kit/plane/settings';

export const en = {
  page: 'Two dimensions',
  lead: 'A few Gaussians as data: every score is exact and no network is needed. Guidance promises a density and moves particles. The two are not the same.',
  presets: {
    names: {
      figure2: 'Figure 2',
      overlap: 'Overlapping classes',
      unequal: 'Unequal weights',
      modes: 'A class with two modes',
      rules: 'CFG, autoguidance, classifier',
    } satisfies Readonly<Record<PlanePreset, string>>,
    notes: {
      figure2:
        'As in the paper: three Gaussians, each the data of one class. Guided particles move away from the other two classes, and further out than the guided density does.',
      overlap:
        'Where the classes hardly differ, the guidance has to look far outside for a place that is surely class A.',
      unequal:
        'The class asked for is rare. The unconditional score is mostly that of the others, so guidance pushes hard: only about half of the particles stay inside the region.',
      modes:
        'Class A has two equal modes, and another class covers one of them. Guidance thins that one out: four particles in five end in the other.',
      rules:
        'The same noise by three rules. Autoguidance leads away from a blurred copy of the class, and so to its middle. A small classifier, which sees the classes blurred, leads outwards as CFG does.',
    } satisfies Readonly<Record<PlanePreset, string>>,
  },
  figure: {
    title: 'Figure 2 of the paper',
    caption:
      'Every class’s guided density p(z|c)·p(c|z)ʷ, normalised. Choose one to set the scale.',
    marginal: 'unguided',
    w: (value: string) => `w = ${value}`,
    set: (value: string) => `Set the guidance to w = ${value}`,
  },
  panel: {
    select: (n: number) => `Edit panel ${n}`,
    add: 'Add a panel',
    addHint: 'Keep this panel and compare with a copy beside it',
    remove: (n: number) => `Remove panel ${n}`,
    picture: (count: string, rule: string, scale: string) =>
      `${count} particles, ${rule}, ${scale}`,
    waiting: 'moving the particles…',
    preview: (count: string) => `preview, ${count} particles`,
    failed: 'This run failed:',
  },
  figures: {
    inside: 'of the particles end inside',
    insideHint:
      'Share of the particles that end inside the region that holds 90 % of the guided density. Were they samples of that density, it would be 90 %.',
    formulaHint:
      'The guided density before it is normalised; p̂ is that of the weak model, and w = s − 1.',
    insideOf: (percent: string) => `should be ${percent}`,
    distance: 'mean distance',
    distanceHint:
      'Mean distance to the mean of the class asked for: of the particles, and of the guided density.',
    distanceOf: (value: string) => `density: ${value}`,
    cost: (nfe: number, ms: string) => `${nfe} evaluations a particle, ${ms} ms in all`,
  },
  data: {
    title: 'Data',
    hint: 'Drag a Gaussian by its letter, its width by the dot on its ring. By keys: the arrows move it, + and − change its width.',
    gaussian: 'Gaussian',
    name: (n: number, letter: string) => `Gaussian ${n}, class ${letter}`,
    at: (x: string, y: string) => `at ${x}, ${y}`,
    classOf: 'Its class',
    weight: 'Weight',
    width: 'Width (standard deviation)',
    add: 'Add a Gaussian',
    remove: 'Remove it',
    blur: 'Blur of the weak model',
    blurHint:
      'The weak model sees every Gaussian this much wider; the small classifier is the one that follows from it.',
  },
  editing: (n: number) => `Guidance of panel ${n}`,
  notOffered:
    'Not here: frequency-decoupled guidance needs pictures, whose pixels have neighbours; rescaled guidance takes a deviation over pixels, which means nothing for two numbers.',
  particles: {
    title: 'Particles',
    count: 'Particles',
    paths: 'Paths drawn',
  },
  picture: {
    title: 'Picture',
    heat: 'Heat map',
    heats: {
      guided: 'Guided density',
      noised: 'Guided, at the arrows’ noise level',
      conditional: 'Conditional p(z|c)',
      marginal: 'Unconditional p(z)',
    } satisfies Readonly<Record<HeatMap, string>>,
    arrows: 'Arrows',
    arrowsOf: {
      none: 'None',
      cond: 'Conditional score',
      uncond: 'Unconditional score',
      guided: 'Guided score',
      all: 'All three',
    } satisfies Readonly<Record<Arrows, string>>,
    sigma: 'Noise level of the arrows, σ',
    follow: 'As at the step shown',
  },
  frame: {
    zoomedOut: (times: string) => `zoomed out ${times}×`,
    hint: 'The particles reach beyond the usual frame: all panels show more of the plane.',
  },
  legend: {
    region: 'holds 90 % of the guided density',
    particle: 'particle',
    cond: 'conditional',
    uncond: 'unconditional',
    guided: 'guided',
  },
  timeline: {
    scrub: 'Position in the denoising',
    sigma: (step: number, value: string) => `step ${step}, noise level σ ${value}`,
  },
};
