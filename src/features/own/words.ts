import type { NullLabel, OwnAdaptation } from '../../networks/own/own-network';

/** The words of the dialog of visitors' own networks. */
export interface OwnWords {
  /** The button that opens the dialog. */
  button: string;
  heading: string;
  intro: string;
  close: string;
  choose: string;
  chooseHint: string;
  kept: string;
  keptHint: string;
  unkept(reason: string): string;
  open: string;
  openTitle(title: string): string;
  remove: string;
  removeTitle(title: string): string;
  problems: string;
  inputs: string;
  outputs: string;
  parameters: string;
  said(files: string): string;
  guess: string;
  title: string;
  prediction: string;
  predictions: Readonly<Record<OwnAdaptation['prediction'], string>>;
  betas: string;
  schedules: Readonly<Record<OwnAdaptation['betas']['kind'], string>>;
  start: string;
  end: string;
  steps: string;
  counts: string;
  counting: Readonly<Record<OwnAdaptation['time']['counts'], string>>;
  black: string;
  white: string;
  rangeHint: string;
  size: string;
  channels: string;
  height: string;
  width: string;
  labels: string;
  noLabels: string;
  nullLabel: string;
  nullLabels: Readonly<Record<NullLabel, string>>;
  names: string;
  namesHint(classes: number): string;
  use: string;
  trying: string;
  /** In place of the classes, and beside the choice of guidance. */
  takesNoLabel: string;
  noNullLabel: string;
  /** In place of the data's licence. */
  badge(file: string): string;
}

export const ownEn: OwnWords = {
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
  unkept: (reason) => `This browser does not keep networks beyond a reload (${reason}).`,
  open: 'Open',
  openTitle: (title) => `Open ${title}`,
  remove: 'Delete',
  removeTitle: (title) => `Delete ${title} from this browser`,
  problems: 'What does not fit',
  inputs: 'Inputs',
  outputs: 'Outputs',
  parameters: 'Parameters',
  said: (files) => `Filled in from ${files}.`,
  guess:
    'A graph does not tell how it was trained. These are the usual answers: please check them.',
  title: 'Name',
  prediction: 'It predicts',
  predictions: {
    eps: 'the noise (eps)',
    v: 'the velocity (v)',
    x0: 'the picture (x0)',
    denoised: 'the picture, from x and sigma as this page has them',
  },
  betas: 'Betas',
  schedules: {
    linear: 'linear',
    'scaled-linear': 'scaled linear (Stable Diffusion)',
    cosine: 'cosine',
  },
  start: 'First beta',
  end: 'Last beta',
  steps: 'Timesteps',
  counts: 'Timesteps are given',
  counting: { 'from-0': 'from 0 on', 'from-1': 'from 1 on', fraction: 'as a fraction up to 1' },
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
  },
  names: 'Names of the classes',
  namesHint: (classes) =>
    `${classes} ${classes === 1 ? 'class' : 'classes'}. Separated by commas; without names they are numbered.`,
  use: 'Try it and open it',
  trying: 'Trial forward…',
  takesNoLabel:
    'This network takes no class label. There is no conditional estimate that guidance could compare with the unconditional one.',
  noNullLabel:
    'This network was trained without a label for “no class”. There is no unconditional estimate that guidance could lead away from.',
  badge: (file) => `Your own network, from ${file}. It is on this machine only.`,
};

export const ownZh: OwnWords = {
  button: '使用自己的网络…',
  heading: '自己的网络',
  intro:
    'ONNX 文件里的扩散网络可以像本站的网络一样在这里运行。它只留在这台机器上：不会上传，并由此浏览器保存，直到您在这里删除它。',
  close: '关闭',
  choose: '选择 ONNX 文件',
  chooseHint:
    '也可以把它拖放到页面任意位置。旁边的 JSON 文件也会读取：manifest，或 diffusers 的 config.json 与 scheduler_config.json。',
  kept: '以前带来的',
  keptHint: '只在此浏览器中。',
  unkept: (reason) => `此浏览器在重新加载后不会保留网络（${reason}）。`,
  open: '打开',
  openTitle: (title) => `打开 ${title}`,
  remove: '删除',
  removeTitle: (title) => `从此浏览器删除 ${title}`,
  problems: '不符合之处',
  inputs: '输入',
  outputs: '输出',
  parameters: '参数',
  said: (files) => `已根据 ${files} 填写。`,
  guess: '计算图本身不说明它是怎样训练的。以下是常见的答案，请核对。',
  title: '名称',
  prediction: '它预测',
  predictions: {
    eps: '噪声 (eps)',
    v: '速度 (v)',
    x0: '图像 (x0)',
    denoised: '图像，输入为本页面的 x 与 sigma',
  },
  betas: 'Beta 序列',
  schedules: {
    linear: '线性',
    'scaled-linear': '缩放线性（Stable Diffusion）',
    cosine: '余弦',
  },
  start: '首个 beta',
  end: '末个 beta',
  steps: '时间步数',
  counts: '时间步的写法',
  counting: { 'from-0': '从 0 开始', 'from-1': '从 1 开始', fraction: '到 1 为止的小数' },
  black: '黑色是',
  white: '白色是',
  rangeHint: '训练数据中的数值。',
  size: '图像尺寸',
  channels: '通道',
  height: '高',
  width: '宽',
  labels: '标签数',
  noLabels: '它不接受类别标签：可以采样，但不能引导。',
  nullLabel: '“无类别”是',
  nullLabels: {
    last: '最后一个标签',
    first: '标签 0',
    zeros: '全零的一行',
    none: '它不认识（无法引导）',
  },
  names: '类别名称',
  namesHint: (classes) => `${classes} 个类别。用逗号分隔；没有名称的用数字表示。`,
  use: '试运行并打开',
  trying: '试运行…',
  takesNoLabel: '此网络不接受类别标签：没有条件估计，引导就无从与无条件估计比较。',
  noNullLabel: '此网络训练时没有“无类别”标签：没有无条件估计，引导就无从远离它。',
  badge: (file) => `您自己的网络，来自 ${file}，只在这台机器上。`,
};
