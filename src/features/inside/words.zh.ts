import type { en } from './words.en';

export const zh: typeof en = {
  title: '引导的内部',
  hint: (sample) =>
    `样本 ${sample} 的每一步中引导所依据的量：c 是有类别或提示词的预测，u 是没有的预测。规则未同时计算两者之处，曲线中断。`,
  gradient: '显式梯度',
  gradientHint: '每一步还会计算两种预测和一个含噪分类器，因此更慢。图片不变。',
  charts: {
    norm: '差值的大小',
    angle: '差值与噪声的夹角',
    parallel: '与估计平行的部分',
    orthogonal: '与估计垂直的部分',
    saturated: '饱和像素',
    opinion: '被认作所要求类别的概率',
    agreement: '显式与隐式梯度',
  },
  firstStage: '均为第一级的量。',
  gap: '未计算',
  notYet: '各列画完后可见',
  noData: '这些运行中没有计算',
  noClass: '没有要求任何类别',
  negative: (columns) => `有负类别时（第 ${columns} 列），u 是该类别的预测。`,
  at: (step, sigma) => `第 ${step} 步，σ ${sigma}`,
  column: (n, value) => `第 ${n} 列：${value}`,
  inPlace: {
    weak: (columns) => `自引导（第 ${columns} 列）：弱网络代替 u。`,
    random: (columns) => `独立条件引导（第 ${columns} 列）：随机类别的预测代替 u。`,
    perturbed: (columns) => `扰动注意力引导（第 ${columns} 列）：不看四周的网络代替 u。`,
    auxiliary: (columns) => `内部引导（第 ${columns} 列）：网络中部的输出头代替 u。`,
  },
  pictures: {
    cond: '有类别时看到的噪声',
    uncond: '无类别时看到的噪声',
    weak: '弱网络看到的噪声',
    random: '随机类别时看到的噪声',
    perturbed: '不看四周时看到的噪声',
    auxiliary: '中部输出头看到的噪声',
    difference: '两者之差',
    explicit: '分类器的梯度',
    implicit: '两者所隐含的梯度',
  },
  scale: (limit) => `范围 ±${limit}`,
};
