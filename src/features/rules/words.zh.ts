import type { en } from './words.en';

export const zh: typeof en = {
  page: '全部规则',
  title: '这些规则究竟有何不同？',
  lead: '每条规则用同样的噪声、同样的要求，各取其最佳强度：在试过的强度中，先取准确程度已分不出高下的，再取最接近真实图片的。',
  measured: ({ model, samples, steps, judge, date }) =>
    `在 ${model} 上测得：每点 ${samples} 个样本，${steps} 步（少步学生网络用它学会的步数），由 ${judge} 评判，${date}。样本这样少，只看得出大的差别：彼此相差在 ± 之内的，不算差别，先后次序也不说明什么。样本少时的距离与召回率，同实验页和网络列表中数千样本的数字相去甚远：只宜在本页内比较。`,
  networks: '测量所用网络',
  command: '由一条命令得出：',
  scale: (scale) => `强度 s = ${scale}`,
  strength: (strength) => `强度 k = ${strength}`,
  lambda: (lambda) => `比例 λ = ${lambda}`,
  noScale: '无强度',
  accuracy: '类别准确率',
  alignment: '与提示词的契合度',
  distance: '弗雷歇距离',
  kernelDistance: '核距离',
  recall: '召回率',
  cost: '网络计算',
  costs: (count) => `每个样本 ${count} 次`,
  open: (rule) => `在操作台打开“${rule}”`,
  openShort: '试一试',
  pictures: (rule, asked) => `${rule}：${asked} 的图片`,
  tried: (count) => `试过的全部 ${count} 个`,
  setting: '设置',
  unguided: '引导由此出发。',
  paper: (id) => `论文 arXiv ${id}`,
};
