import type { en } from './words.en';

export const zh: typeof en = {
  page: '游乐场',
  name: '并列',
  layout: '排列方式',
  presets: {
    names: {
      glance: '一眼看懂',
      off: '关闭引导',
      sweet: '最佳点',
      collapse: '坍缩',
      overdone: '过度',
      negative: '负引导',
      rescue: '区间补救',
      few: '少步数',
      rules: '规则对比',
      classifier: '用分类器',
      temperature: '低温采样',
      strengths: '一眼看懂',
      fits: '符合提示词',
      noisier: '放大前加噪',
      twoprompts: '两个提示词',
      away: '远离提示词',
    },
    notes: {
      glance:
        '引导把每一步推向所要的类别，推出 s 倍远：同样的噪声下，更多样本被认作该类别；引导越强，多样性越低。',
      off: '强度 1 就是条件网络本身：并非每个样本都被认作所要求的类别。旁边是完全不给类别：被认出的不到一半。',
      sweet: '少量引导：更多样本被认作所要求的类别，并保留一半以上的多样性。',
      collapse: '四倍的强度：样本彼此相像。',
      overdone: '在这么少的步数里，超出了此网络所能承受的强度：被认出的样本不到一半。',
      negative: '低于 0 时，引导把样本推离该类别：被认作它的样本不到一半。',
      rescue:
        '无引导；强度 4 只用于中间的噪声级；强度 4 用于所有噪声级：两端不引导，多样性就回来一些，被认出的样本也比无引导时多。',
      few: '三种采样器，各走四步（有引导）。Heun 每步求值两次，却走过了头：被认出的样本不到其他的一半。',
      rules: '同样的强引导，四种规则：另外三种都比无分类器引导保留更多多样性。',
      classifier:
        '先前的做法：由带噪分类器的梯度引导无条件网络，越强则认出的越多。强度相同时（s = 2 即 k = 1），无分类器引导更胜一筹。',
      temperature:
        '论文中的反例：缩放得分比引导失去更多多样性，被认出的样本也更少：图片干净，却什么都可能是。',
      strengths:
        '引导把每一步推向提示词，推出 s 倍远：同样的噪声下，图片更符合提示词；引导越强，多样性越低。',
      fits: '同样的噪声：无引导，以及第一阶段的强度 4：图片更符合提示词，多样性降低。',
      noisier:
        'Imagen 的噪声条件增强，级别 0 与 0.6：给待放大的图片加更多噪声，各阶段便偏离它，结果不那么符合提示词。',
      twoprompts:
        '同样的噪声：只用该提示词，以及其文本的六成换成另一提示词：图片不那么符合原来的提示词。',
      away: '强度 −1 把图片推离提示词：符合程度不到没有引导时的一半。',
    },
    below: '低于',
    above: '高于',
    claims: '这句说明用各列的数字表示',
    holdsHere: '这些图片正是如此',
    notHere: '这些图片并非如此：该说明是用此网络自己的场景及其全部类别测得的',
    tooClose: '两者之差不超过各自的 ±：这几张图片还说明不了',
    notYet: '各列画完后可见',
  },
  drawnEarlier: '此网络先前所绘；随后换为现场绘制',
  rail: {
    label: '引导滑轨',
    hint: '点击即在此强度添加一列；按住拖动可播放引导',
    handle: (column) => `第 ${column} 列：引导强度`,
    handleHint: '拖动，或使用方向键。',
    removeHint: '拖离滑轨或按 Delete 可移除该列。',
    zones: { away: '远离', off: '关闭', typical: '常用', strong: '很强' },
    zoneNow: (scale, zone) => `强度 ${scale}：${zone}`,
    recognised: '识别率',
    fits: '符合提示词',
    realLine: '浅线：真实图片',
    variety: '多样性',
    student: '学生网络',
    shownByStudent: '两步学生网络',
    byStudent: '• 暂由学生网络',
  },
  warnings: {
    'few-heun-steps': '两步时 Heun 的校正会严重过冲，远超黑白范围：请用三步以上，或换采样器。',
    'few-multistep-steps': '步数太少，此采样器没有可参考的先前步骤：结果与一阶方法相差无几。',
    'few-third-order-steps':
      '少于十步时三阶外推过远，图像会散乱：请增加步数，或用 DPM-Solver++ 2M。',
    'idle-negative': '比例为 1 时不会减去负类别：它不起作用。',
  },
  expert: {
    summary: '专家设置',
    film: '预先绘制其他强度',
    filmHint: '空闲时以十几种强度绘制这些图像，供引导滑轨播放',
  },
  sheet: { open: '设置', close: '关闭设置' },
  overlay: {
    show: '标出超出范围',
    hint: '为估计中超出数据范围的像素着色',
    below: '低于 −1',
    above: '高于 1',
  },
  unguidable: {
    takesNoLabel: '此网络不接受类别标签：没有条件估计，引导就无从与无条件估计比较。',
    student:
      '此网络把引导强度作为输入：它经过蒸馏，一次求值即完成引导。它不是为其他规则要比较的有类别与无类别估计而训练的。',
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
      '一切都在这台机器上即时计算，不发送任何数据；只有画完之前显示的小图是先前画好的，并有说明。各列下方的数字来自一个查看最终样本的分类器。',
    ],
    formula: 'D = u + s · (c − u)',
  },
};
