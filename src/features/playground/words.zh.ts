import type { en } from './words.en';

export const zh: typeof en = {
  page: '游乐场',
  layout: {
    label: '排列方式',
    columns: '并列',
  },
  presets: {
    names: {
      glance: '一眼看懂',
      off: '关闭引导',
      sweet: '最佳点',
      collapse: '坍缩',
      negative: '负引导',
      rescue: '区间补救',
      few: '少步数',
      rules: '规则对比',
      classifier: '用分类器',
      temperature: '低温采样',
    },
    notes: {
      glance: '同样的噪声，三个强度：越来越像所要求的类别，也越来越单一。',
      off: '强度 1 就是条件网络本身：多样，但并非每个样本都符合要求。旁边是完全不给类别。',
      sweet: '少量引导让几乎每个样本都可辨认，并保留大部分多样性。',
      collapse: '引导过强：所有样本变成同一张图。',
      negative: '低于 0 时，引导会把样本推离该类别。',
      rescue: '同样的强引导，一次用于所有噪声级，一次只用于中间：多样性回来了。',
      few: '四步，三种采样器：好的采样器值多少。',
      rules: '同样的强引导，四种规则：看各自保留多少多样性与色调。',
      classifier: '先前的做法：由带噪分类器的梯度引导无条件网络；旁边是无分类器引导。',
      temperature: '论文中的反例：缩放得分只得到平滑、平均的图片，多样性的损失远快于引导。',
    },
  },
  overlay: {
    show: '超出 [−1, 1]',
    hint: '为估计中超出数据范围的像素着色',
    below: '低于 −1',
    above: '高于 1',
  },
  unguidable: {
    takesNoLabel: '此网络不接受类别标签：没有条件估计，引导就无从与无条件估计比较。',
    noNullLabel: '此网络训练时没有“无类别”标签：没有无条件估计，引导就无从远离它。',
  },
  curve: {
    drawn: '逐步设定：手绘或途中调节',
    edit: '各步的强度（手绘）',
    preview: '各步的强度',
    recording: '各步的强度（操控中）',
    hint: '用指针绘制；或用 ← → 选择一步，用 ↑ ↓ 调整',
    at: (step, steps, sigma, scale) => `第 ${step} / ${steps} 步，σ ${sigma}：强度 ${scale}`,
    outside: (step, steps, sigma) => `第 ${step} / ${steps} 步，σ ${sigma}：不引导`,
    range: (low, high) => `从 ${low} 到 ${high}`,
    flat: '拉平',
    flatHint: '每一步都取这条曲线的平均值',
    reset: '重置',
    resetHint: '恢复为绘制之前的形状与强度',
  },
  about: {
    summary: '我看到的是什么?',
    paragraphs: [
      '扩散网络从纯噪声开始，一步步去除噪声。训练时它得到类别标签，而有一部分时候没有标签，因此它能用两种方式估计图片：有标签 (c) 和无标签 (u)。',
      '无分类器引导放大两者之差：u + s·(c − u)。s = 1 为关闭；更大时，样本更符合类别但更单一；过大则坍缩。',
      '一切都在这台机器上即时计算：没有预先录制，也不发送任何数据。各列下方的数字来自一个查看最终样本的分类器。',
    ],
    formula: 'D = u + s · (c − u)',
  },
};
