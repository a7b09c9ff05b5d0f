import type { en } from './words.en';

const filmOver = (scales: number): string =>
  scales > 1 ? `随 ${scales} 个引导强度变化的影片` : '随引导强度变化的影片（画好后可用）';

export const zh: typeof en = {
  pictures: '图片（PNG）',
  animations: '动画（GIF）',
  page: '整个页面（JSON）',
  sample: '选中的样本',
  row: '所选列的样本',
  columns: '所有列，带标注',
  grid: '网格，带标注',
  sampleWay: '选中的样本，逐步',
  rowWay: '所选列的样本，逐步',
  columnsWay: '所有列并排，逐步',
  sampleFilm: (scales) => `${filmOver(scales)}，所选样本`,
  film: (scales) => `${filmOver(scales)}，全部样本`,
  json: '设置、种子与数据',
  restore: '从文件还原…',
  restoreHint: '也可以把这样的文件拖放到页面任意处。',
  drop: '把导出的文件拖放到这里以还原页面，或把 ONNX 文件拖放到这里以运行自己的网络',
  working: (done, all) => `正在制作第 ${done} / ${all} 帧…`,
};
