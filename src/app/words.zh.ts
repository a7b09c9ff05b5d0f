import type { en } from './words.en';

export const zh: typeof en = {
  tagline: '在你自己的机器上，实时观察无分类器引导的作用',
  skip: '跳到图片',
  language: '语言',
  theme: { label: '主题', auto: '自动', light: '浅色', dark: '深色' },
  copyLink: '复制链接',
  places: { label: '导航', play: '体验', learn: '学习', lab: '实验室' },
  pages: (place) => `${place}的页面`,
  badge: {
    label: '运行于',
    wasm: (threads) => `CPU 上的 WASM，${threads} 线程`,
    forced: '地址要求使用 CPU 计算。',
    precision: {
      label: '精度',
      auto: '自动',
      computes: (precision) => `网络以 ${precision} 计算。`,
      checked: '首次计算与存储的答案一致。',
      why: {
        asked: '这是指定的。',
        cpu: '在 CPU 上 fp16 并不更快。',
        'no-shader-f16': '此显卡不向网页提供 fp16。',
        'no-check': '该模型没有存储用来检验 fp16 的答案。',
        unsuited: '其计算图无法以 fp16 计算。',
        'self-check': '以 fp16 计算时首次结果有误。',
      },
      difference: (most) => `与存储答案的最大差别：${most}。`,
    },
    batch: {
      label: '同时计算',
      auto: '自动',
      most: (rows) => `每次最多同时计算 ${rows} 个估计。`,
      why: {
        asked: '这是指定的。',
        limits: '此显卡的缓冲区容不下更多。',
        memory: '更多时内存不足。',
        time: '更多时将超过一秒。',
      },
    },
    useWasm: '改用 CPU',
    useWebGpu: '尝试 GPU',
    license: (data, licence) => `训练数据：${data}。${licence}。`,
    own: (file) => `您自己的网络，来自 ${file}，只在这台机器上。`,
  },
};
