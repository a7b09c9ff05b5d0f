/** The words of the choice of a network and of a class among many. */
export interface ModelWords {
  /** The button that opens the choice. */
  button(title: string): string;
  none: string;
  heading: string;
  intro: string;
  close: string;
  open: string;
  openTitle(title: string): string;
  opened: string;
  own: string;
  samplesOf(title: string): string;
  madeWith(settings: string): string;
  shape(height: number, width: number, colour: boolean, classes: number): string;
  download: string;
  later(size: string): string;
  data: string;
  quality: string;
  unmeasured: string;
  atScale(figures: { scale: string; accuracy: string; distance: string }): string;
  real(accuracy: string): string;
  qualityHint(samples: string, judge: string): string;
  memorised: string;
  nearTraining(scale: string, features: string, pixels: string): string;
  hidden: string;
  hiddenShare(share: string, pUncond: string): string;
  kept: string;
  keptAll: string;
  keptPart(kept: string, all: string): string;
  keptNone: string;
  remove: string;
  removeTitle(title: string): string;
  removeAll: string;
  total(size: string): string;
  problems(reasons: string): string;
  refitted(pieces: string): string;
  retrying(file: string, received: string, total: string): string;
  suggestion(title: string, size: string): string;
  search(classes: number): string;
  matches(count: number): string;
  noMatch(typed: string): string;
}

export const modelsEn: ModelWords = {
  button: (title) => `Network: ${title}`,
  none: 'choose…',
  heading: 'Networks',
  intro:
    'Each network runs on this machine. It is downloaded when it is first opened, and kept for the next visit.',
  close: 'Close',
  open: 'Open',
  openTitle: (title) => `Open ${title}`,
  opened: 'In use',
  own: 'your own file',
  samplesOf: (title) => `Samples of ${title}`,
  madeWith: (settings) => `Drawn by this network: ${settings}`,
  shape: (height, width, colour, classes) =>
    `${height} × ${width}, ${colour ? 'colour' : 'grey'}, ${classes === 0 ? 'no classes' : classes === 1 ? '1 class' : `${classes} classes`}`,
  download: 'Download',
  later: (size) => `up to ${size} more for some rules and metrics`,
  data: 'Trained on',
  quality: 'Measured',
  unmeasured: 'not measured',
  atScale: ({ scale, accuracy, distance }) =>
    `at its best scale, s = ${scale}: ${accuracy} recognised, Fréchet distance ${distance}`,
  real: (accuracy) => `unseen real pictures: ${accuracy}`,
  qualityHint: (samples, judge) => `${samples} samples, judged by ${judge}`,
  memorised: 'Copies',
  nearTraining: (scale, features, pixels) =>
    `at s = ${scale}, ${features} of its samples (by pixels ${pixels}) lie nearer to a training picture than 99 % of unseen real ones do; 1 % if nothing was memorised`,
  hidden: 'Label hidden',
  hiddenShare: (share, pUncond) => `${share} of the training (p_uncond ${pUncond})`,
  kept: 'On this machine',
  keptAll: 'all of it',
  keptPart: (kept, all) => `${kept} of ${all}`,
  keptNone: 'nothing yet',
  remove: 'Delete files',
  removeTitle: (title) => `Delete the files of ${title}`,
  removeAll: 'Delete all downloads',
  total: (size) => `${size} of networks are kept on this machine.`,
  problems: (reasons) => `Not everything could be listed. ${reasons}`,
  refitted: (pieces) => `This network does not know: ${pieces}. It was set anew.`,
  retrying: (file, received, total) =>
    `The connection broke at ${received} of ${total} of ${file}. Trying again…`,
  suggestion: (title, size) =>
    `This machine is fast enough for colour: ${title}, a download of ${size}.`,
  search: (classes) => `Search ${classes} classes`,
  matches: (count) => (count === 1 ? '1 class' : `${count} classes`),
  noMatch: (typed) => `No class is called “${typed}”.`,
};

export const modelsZh: ModelWords = {
  button: (title) => `网络：${title}`,
  none: '选择…',
  heading: '网络',
  intro: '每个网络都在这台机器上运行。首次打开时下载，并保留到下次访问。',
  close: '关闭',
  open: '打开',
  openTitle: (title) => `打开 ${title}`,
  opened: '正在使用',
  own: '你自己的文件',
  samplesOf: (title) => `${title} 的样本`,
  madeWith: (settings) => `由该网络绘制：${settings}`,
  shape: (height, width, colour, classes) =>
    `${height} × ${width}，${colour ? '彩色' : '灰度'}，${classes === 0 ? '无类别' : `${classes} 个类别`}`,
  download: '下载',
  later: (size) => `某些规则和指标最多另需 ${size}`,
  data: '训练数据',
  quality: '实测',
  unmeasured: '未测量',
  atScale: ({ scale, accuracy, distance }) =>
    `最佳强度 s = ${scale} 时：识别率 ${accuracy}，Fréchet 距离 ${distance}`,
  real: (accuracy) => `未见过的真实图片：${accuracy}`,
  qualityHint: (samples, judge) => `${samples} 个样本，由 ${judge} 评判`,
  memorised: '复制程度',
  nearTraining: (scale, features, pixels) =>
    `s = ${scale} 时，${features} 的样本（按像素 ${pixels}）比 99 % 的未见真实图片更接近某张训练图片；若无记忆则为 1 %`,
  hidden: '隐藏标签',
  hiddenShare: (share, pUncond) => `训练中的 ${share}（p_uncond ${pUncond}）`,
  kept: '本机已有',
  keptAll: '全部',
  keptPart: (kept, all) => `${kept}，共 ${all}`,
  keptNone: '尚无',
  remove: '删除文件',
  removeTitle: (title) => `删除 ${title} 的文件`,
  removeAll: '删除全部下载',
  total: (size) => `本机共保留 ${size} 的网络文件。`,
  problems: (reasons) => `未能列出全部网络。${reasons}`,
  refitted: (pieces) => `该网络不认识：${pieces}，已重新设置。`,
  retrying: (file, received, total) =>
    `下载 ${file} 时连接中断（${received} / ${total}），正在重试…`,
  suggestion: (title, size) => `这台机器足以运行彩色网络：${title}，需下载 ${size}。`,
  search: (classes) => `在 ${classes} 个类别中搜索`,
  matches: (count) => `${count} 个类别`,
  noMatch: (typed) => `没有名为“${typed}”的类别。`,
};
