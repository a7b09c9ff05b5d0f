import type { en } from './words.en';

export const zh: typeof en = {
  page: '实验',
  choose: '实验',
  names: {
    strength: '引导强度',
    'p-uncond': '无条件训练的比例',
    steps: '步数',
    temperature: '为什么不直接降低温度？',
  },
  look: {
    strength:
      '从 w = 0 开始沿曲线看：w 每增大一点，图片就更容易辨认（得分上升），直到它们偏离真实的图片（弗雷歇距离也随之上升）。',
    'p-uncond':
      '每条曲线是一个单独训练的网络，训练时去掉类别的样本比例各不相同；看看这些曲线是否重合。',
    steps: '看曲线在多少次求值之后变平，以及哪些采样器最先到达那里。',
    temperature: '真正换来保真度的方法会向右移动而不上升；看看哪些曲线如此，哪些只是上升。',
  },
  found: {
    strength:
      '论文发现最好的 FID 出现在较小的 w（0.1 到 0.3），而 Inception Score 一直升到 w = 4：引导用多样性换取保真度。',
    'p-uncond':
      '论文发现比例 0.1 与 0.2 大致一样好，0.5 则始终较差：网络只需为无条件任务付出很小的容量。',
    steps: '论文的采样器从 128 步到 256 步有改进，再多几乎无益；后来的采样器只需其十分之一。',
    temperature:
      '论文转述前人的结果：缩放得分函数或减少噪声只会得到模糊、低质量的样本；分类器引导和无分类器引导才做到真正的取舍。',
  },
  ofPrompts: {
    look: '从 w = 0 起沿曲线看：图片与提示词越来越符合（符合程度上升）；看从哪个 w 起，它们开始远离真实的图画（弗雷歇距离上升）。',
    found:
      'Imagen 的论文（2205.11487）画出 FID 随 CLIP 得分的变化：少许引导使两者都变好，此后得分继续上升，而 FID 也随之变大。',
  },
  lookFor: '看什么',
  paperFound: '论文的发现',
  sweep: '扫描',
  weights: '引导强度 w',
  steps: '求值次数 T',
  badValues: (min, max, most) =>
    `需要 1 到 ${most} 个互不相同、在 [${min}, ${max}] 之内的数，用逗号分隔`,
  badSteps: (min, max, most) =>
    `需要 1 到 ${most} 个互不相同、在 [${min}, ${max}] 之内的整数，用逗号分隔`,
  samples: '每点样本数',
  badSamples: (min, max) => `需要 [${min}, ${max}] 之内的整数`,
  run: '运行',
  goOn: '继续运行',
  pause: '暂停',
  resume: '恢复',
  cancel: '取消',
  retry: (points) => `重试 ${points} 个失败的点`,
  progress: (done, all) => `样本 ${done} / ${all}`,
  finished: '已完成',
  measuring: '正在测量',
  secondsLeft: (n) => `约剩 ${n} 秒`,
  minutesLeft: (n) => `约剩 ${n} 分钟`,
  hoursLeft: (n) => `约剩 ${n} 小时`,
  curves: {
    title: '曲线',
    count: (n) => `每点 ${n} 个样本`,
    empty: '还没有样本',
    remove: (name) => `移除曲线 ${name}`,
    add: '添加曲线',
    addThis: '添加',
    addColumns: '添加游乐场的各列',
    own: '恢复此实验自带的曲线',
    network: '网络',
    loaded: '页面当前的网络',
    trainedWith: (title, share) => `${title}，无条件比例 p_uncond ${share}`,
    full: '放不下更多曲线。',
    atNextW: '取 w + 1',
    lessNoise: '噪声 × 1/(1 + w)',
    unequal:
      '这些曲线目前的样本数不同，而弗雷歇距离、得分、召回率和覆盖率都与样本数有关。样本数相同时再比较。',
    refused: (points) => `${points} 个点无法采样`,
    failed: (points) => `${points} 个点失败`,
    refusals: {
      model: '本站没有这个网络',
      prediction: '模型没有此规则所需的网络',
      unused: '此规则没有可扫描的这项设置',
      range: '该值超出设置的范围',
    },
  },
  figures: {
    frechetDistance: '弗雷歇距离',
    classifierScore: '分类器得分',
    classAccuracy: '类别准确率',
    kernelDistance: '核距离',
    precision: '精确率',
    recall: '召回率',
    density: '密度',
    coverage: '覆盖率',
    diversity: '类内多样性',
    alignment: '与提示词的符合程度',
  },
  axes: { weight: '引导强度 w', steps: '求值次数 T' },
  chart: {
    plane: '弗雷歇距离与分类器得分',
    planeOfPrompts: '弗雷歇距离与提示词的符合程度',
    over: (figure, axis) => `${figure}随${axis}的变化`,
    fidelity: '向下：更接近真实图片。向右：更容易辨认。',
    fits: '向下：更接近真实图片。向右：更符合提示词。',
    waiting: '点击“运行”：样本到来时，你自己的曲线会在这里逐步画出。',
    undefinedDistance: '尚不可知：计算弗雷歇距离所需的样本数要多于网络的特征数。',
    undefinedFigure: '尚不可知：样本还太少，或保存的点测量时没有此项。',
    pick: '点击一个点，或在下方表格中选择它，即可查看其样本。',
    point: (curve, value) => `曲线 ${curve}，${value}`,
  },
  stored: {
    short: '预先测得',
    measured: (date) => `由命令行测得，${date}`,
    note: (models, samples, date) =>
      `空心：预先由命令行测得（${models}；每点 ${samples} 个样本；${date}）。实心：你在此页面上得到的。`,
    title: (models) => `预先测得：${models}`,
    otherNetwork: (network, judge) =>
      `页面当前的网络是 ${network}：它画的是另一种图片，评判它的也不是 ${judge}。它的曲线另有图表，与这里只有形状可比。`,
    noSamples: (date) => `由命令行于 ${date} 测得，这里没有它的样本。以下命令可重新生成：`,
  },
  paper: {
    show: '并列论文的数值',
    weights: (share) => `论文表 1：p_uncond ${share}`,
    steps: (w) => `论文表 2：w = ${w}`,
    samples: '每点 50,000 个样本，ImageNet',
    plane: '论文：FID 与 Inception Score',
    figure: (figure) => `论文：${figure}`,
    over: (figure, axis) => `论文：${figure} 随${axis}的变化`,
    ofWeights:
      'Ho 与 Salimans（2022）表 1：ImageNet 64²，由 Inception 评判。数据集不同，坐标轴也单独设置：只有形状可比。',
    ofSteps:
      'Ho 与 Salimans（2022）表 2：ImageNet 128²，由 Inception 评判。数据集不同，坐标轴也单独设置：只有形状可比。',
  },
  point: {
    title: (value) => `${value} 处的样本`,
    samples: (n, ofPrompts) =>
      `前 ${n} 个样本，各${ofPrompts ? '提示词' : '类别'}依次出现；每个点使用相同的噪声。`,
    noSamples: '这个点来自文件：这里没有它的样本。',
    open: '在游乐场中打开',
    openHint: '采用这个点的设置；那里的样本就是这里的前几个。',
    otherNetwork: '这条曲线的网络不是页面当前的网络，游乐场无法显示。',
    close: '关闭',
    nfe: '每个样本的网络求值次数',
    count: '样本数',
    leftOut: '未计入：数值不是有限数',
  },
  table: { title: '全部数值', curve: '曲线', value: '取值' },
  problems: {
    storage: '结果无法保留到下次访问：',
    networks: '无法读取网络列表：',
    file: '文件有误：',
    noPrompts: '此模型的特征网络没有可用来测量的提示词。',
    noFeatures: '此模型没有特征网络，无法测量。',
  },
  unreadable: {
    what: (points, files) =>
      `此浏览器保存的${[points > 0 && ` ${points} 个点`, files].filter(Boolean).join('和')}无法读取：已损坏，或来自本页面的其他版本。已略过。`,
    remove: '删除',
  },
  kept: '每批完成的样本都保存在此浏览器中：重新加载不会丢失。',
  take: {
    bring: '导入结果文件',
    bringHint: '本页面或命令行 sweep 生成的 JSON 文件。',
    from: (file) => `来自 ${file}`,
    removeFile: (file) => `移除 ${file}`,
    otherJudge: (file, judge) =>
      `${file} 未绘出：其数值由另一个特征网络（${judge}）得出，不可比较。`,
    discard: '清除这些结果',
    discardHint: '删除为此实验各点计算的内容。',
  },
};
