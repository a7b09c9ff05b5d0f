import type { OwnAdaptation } from '../../networks/own/adaptation';
import type { NullLabel } from '../../networks/own/own-network';

export const en = {
  /** The button that opens the dialog. */
  button: 'Bring your own network…',
  heading: 'Your own network',
  intro:
    'A diffusion network in an ONNX file runs here like the site’s. It stays on this machine: nothing is uploaded, and this browser keeps it until you delete it here.',
  close: 'Close',
  choose: 'Choose an ONNX file',
  chooseHint:
    'Or drop it anywhere on the page. JSON files beside it are read too: a manifest, or the config.json and scheduler_config.json of diffusers.',
  kept: 'Brought before',
  keptHint: 'In this browser only.',
  unkept: (reason: string) => `This browser does not keep networks beyond a reload (${reason}).`,
  unreadable: (id: string) =>
    `${id} cannot be read: it is damaged, or of another version of this page.`,
  open: 'Open',
  openTitle: (title: string) => `Open ${title}`,
  remove: 'Delete',
  removeTitle: (title: string) => `Delete ${title} from this browser`,
  problems: 'What does not fit',
  inputs: 'Inputs',
  outputs: 'Outputs',
  parameters: 'Parameters',
  said: (files: string) => `Filled in from ${files}.`,
  guess:
    'A graph does not tell how it was trained. These are the usual answers: please check them.',
  title: 'Name',
  prediction: 'It predicts',
  predictions: {
    eps: 'the noise (eps)',
    v: 'the velocity (v)',
    x0: 'the picture (x0)',
    denoised: 'the picture, from x and sigma as this page has them',
  } satisfies Readonly<Record<OwnAdaptation['prediction'], string>>,
  betas: 'Betas',
  schedules: {
    linear: 'linear',
    'scaled-linear': 'scaled linear (Stable Diffusion)',
    cosine: 'cosine',
  } satisfies Readonly<Record<OwnAdaptation['betas']['kind'], string>>,
  start: 'First beta',
  end: 'Last beta',
  steps: 'Timesteps',
  counts: 'Timesteps are given',
  counting: {
    'from-0': 'from 0 on',
    'from-1': 'from 1 on',
    fraction: 'as a fraction up to 1',
  } satisfies Readonly<Record<OwnAdaptation['time']['counts'], string>>,
  black: 'Black is',
  white: 'White is',
  rangeHint: 'Values in the training data.',
  size: 'Size of its pictures',
  channels: 'Channels',
  height: 'Height',
  width: 'Width',
  labels: 'Labels',
  noLabels: 'It takes no class label: it can be sampled, but not guided.',
  nullLabel: '“No class” is',
  nullLabels: {
    last: 'the last label',
    first: 'label 0',
    zeros: 'a row of zeros',
    none: 'unknown to it (no guidance)',
  } satisfies Readonly<Record<NullLabel, string>>,
  names: 'Names of the classes',
  namesHint: (classes: number) =>
    `${classes} ${classes === 1 ? 'class' : 'classes'}. Separated by commas; without names they are numbered.`,
  use: 'Try it and open it',
  trying: 'Trial forward…',
};
