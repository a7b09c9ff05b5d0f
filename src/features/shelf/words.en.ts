export const en = {
  /** The button that opens the choice. */
  button: (title: string) => `Network: ${title}`,
  none: 'choose…',
  heading: 'Networks',
  intro:
    'Each network runs on this machine. It is downloaded when it is first opened, and kept for the next visit.',
  close: 'Close',
  open: 'Open',
  openTitle: (title: string) => `Open ${title}`,
  opened: 'In use',
  own: 'your own file',
  samplesOf: (title: string) => `Samples of ${title}`,
  madeWith: (settings: string) => `Drawn by this network: ${settings}`,
  shape: (height: number, width: number, colour: boolean, classes: number) =>
    `${height} × ${width}, ${colour ? 'colour' : 'grey'}, ${classes === 0 ? 'no classes' : classes === 1 ? '1 class' : `${classes} classes`}`,
  download: 'Download',
  later: (size: string) => `up to ${size} more for some rules and metrics`,
  data: 'Trained on',
  quality: 'Measured',
  unmeasured: 'not measured',
  atScale: ({ scale, accuracy, distance }: { scale: string; accuracy: string; distance: string }) =>
    `at its best scale, s = ${scale}: ${accuracy} recognised, Fréchet distance ${distance}`,
  real: (accuracy: string) => `unseen real pictures: ${accuracy}`,
  qualityHint: (samples: string, judge: string) => `${samples} samples, judged by ${judge}`,
  memorised: 'Copies',
  nearTraining: (scale: string, features: string, pixels: string) =>
    `at s = ${scale}, ${features} of its samples (by pixels ${pixels}) lie nearer to a training picture than 99 % of unseen real ones do; 1 % if nothing was memorised`,
  hidden: 'Label hidden',
  hiddenShare: (share: string, pUncond: string) => `${share} of the training (p_uncond ${pUncond})`,
  kept: 'On this machine',
  keptAll: 'all of it',
  keptPart: (kept: string, all: string) => `${kept} of ${all}`,
  keptNone: 'nothing yet',
  remove: 'Delete files',
  removeTitle: (title: string) => `Delete the files of ${title}`,
  removeAll: 'Delete all downloads',
  total: (size: string) => `${size} of networks are kept on this machine.`,
  problems: (reasons: string) => `Not everything could be listed. ${reasons}`,
  suggestion: (title: string, size: string) =>
    `This machine is fast enough for colour: ${title}, a download of ${size}.`,
};
