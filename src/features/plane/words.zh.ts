import type { en } from './words.en';

export const zh: typeof en = {
  page: '二维世界',
  lead: '数据只是几个高斯分布：每个得分都精确，无需网络。引导承诺的是一个密度，实际做的是移动粒子，两者并不相同。',
  presets: {
    names: {
      figure2: '论文图 2',
      overlap: '重叠的类别',
      unequal: '权重不等',
      modes: '一个类别两个峰',
      rules: 'CFG、自引导与分类器',
    },
    notes: {
      figure2:
        '与论文相同：三个高斯分布，各为一个类别的数据。受引导的粒子远离另外两类，而且比引导密度走得更远。',
      overlap: '类别几乎相同时，引导只能到很远的外面去找必定属于类别 A 的地方。',
      unequal:
        '要求的类别很少见。无条件得分主要来自其他类别，因此引导推得很用力：只有约一半粒子留在区域内。',
      modes:
        '类别 A 有两个相同的峰，其中一个被别的类别覆盖。引导使它变得稀疏：五个粒子中有四个落到另一个峰。',
      rules:
        '同样的噪声，三种规则。自引导远离的是同一类别的模糊版本，因此走向类别的中心；小分类器看到的类别是模糊的，它和 CFG 一样把粒子引向外侧。',
    },
  },
  figure: {
    title: '论文图 2',
    caption: '每个类别的引导密度 p(z|c)·p(c|z)ʷ，已归一化。点选其一即可设定强度。',
    marginal: '无引导',
    w: (value) => `强度 w = ${value}`,
    set: (value) => `将引导强度设为 w = ${value}`,
  },
  panel: {
    select: (n) => `编辑第 ${n} 图`,
    add: '添加一图',
    addHint: '保留此图，并与旁边的副本比较',
    remove: (n) => `移除第 ${n} 图`,
    picture: (count, rule, scale) => `${count} 个粒子，${rule}，${scale}`,
    waiting: '正在移动粒子…',
    preview: (count) => `预览，${count} 个粒子`,
    failed: '这次运行失败：',
  },
  figures: {
    inside: '的粒子最终在区域内',
    insideHint:
      '最终落在“包含 90 % 引导密度的区域”内的粒子比例。若粒子真是该密度的样本，应为 90 %。',
    formulaHint: '归一化之前的引导密度；p̂ 属于弱模型，w = s − 1。',
    insideOf: (percent) => `应为 ${percent}`,
    distance: '平均距离',
    distanceHint: '到所要求类别均值的平均距离：粒子的，以及引导密度的。',
    distanceOf: (value) => `密度：${value}`,
    cost: (nfe, ms) => `每个粒子求值 ${nfe} 次，共 ${ms} 毫秒`,
  },
  data: {
    title: '数据',
    hint: '拖动字母可移动高斯分布，拖动圆环上的点可改变宽度。键盘：方向键移动，+ 和 − 改变宽度。',
    gaussian: '高斯分布',
    name: (n, letter) => `高斯分布 ${n}，类别 ${letter}`,
    at: (x, y) => `位于 ${x}, ${y}`,
    classOf: '所属类别',
    weight: '权重',
    width: '宽度（标准差）',
    add: '添加高斯分布',
    remove: '移除它',
    blur: '弱模型的模糊程度',
    blurHint: '弱模型看到的每个高斯分布都更宽这么多；小分类器由它导出。',
  },
  editing: (n) => `第 ${n} 图的引导`,
  notOffered:
    '此处没有：频率解耦引导需要图片，其像素有邻居；重缩放引导对像素取标准差，对两个数没有意义。',
  particles: { title: '粒子', count: '粒子数', paths: '画出的路径' },
  picture: {
    title: '画面',
    heat: '热力图',
    heats: {
      guided: '引导密度',
      noised: '箭头噪声级下的引导密度',
      conditional: '条件密度 p(z|c)',
      marginal: '无条件密度 p(z)',
    },
    arrows: '箭头',
    arrowsOf: {
      none: '无',
      cond: '条件得分',
      uncond: '无条件得分',
      guided: '引导得分',
      all: '三者',
    },
    sigma: '箭头的噪声级 σ',
    follow: '与所示步骤相同',
  },
  frame: {
    zoomedOut: (times) => `已缩小 ${times} 倍`,
    hint: '粒子超出了通常的画面：所有面板都显示更大的范围。',
  },
  legend: {
    region: '包含 90 % 的引导密度',
    particle: '粒子',
    cond: '条件',
    uncond: '无条件',
    guided: '引导',
  },
  timeline: {
    scrub: '去噪过程中的位置',
    sigma: (step, value) => `第 ${step} 步，噪声级 σ ${value}`,
  },
};
