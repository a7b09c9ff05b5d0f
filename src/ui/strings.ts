import type { EngineError } from '../engine/client';
import type { FallbackReason } from '../engine/protocol';
import type { PresetId } from '../state/presets';
import type { Language } from '../state/settings';

type ErrorKind = EngineError['kind'];

/** Every word on the page. Names of registry entries and parameters by their ids. */
export interface Strings {
  readonly title: string;
  readonly tagline: string;
  readonly skip: string;
  readonly language: string;
  readonly theme: { label: string; auto: string; light: string; dark: string };

  readonly loading: {
    download(file: string, received: string, total: string): string;
    fromCache: string;
    prepare: string;
    warmUp: string;
    start: string;
  };
  readonly failure: Readonly<Record<ErrorKind, string>>;
  readonly retry: string;
  readonly badge: {
    label: string;
    wasm(threads: number): string;
    fallback: Readonly<Record<FallbackReason, string>>;
    forced: string;
    useWasm: string;
    useWebGpu: string;
    license(data: string, licence: string): string;
  };
  readonly notice: {
    misread(pieces: string): string;
    deviceLost: string;
    recovered: string;
    copied: string;
    link(address: string): string;
    dismiss: string;
  };

  readonly presets: {
    label: string;
    names: Readonly<Record<PresetId, string>>;
    notes: Readonly<Record<PresetId, string>>;
  };

  readonly controls: {
    label: string;
    editing(column: number): string;
    subject: string;
    noClassHint: string;
    word: string;
    wordPlaceholder: string;
    wordHint: string;
    classOf(name: string): string;
    guidanceScale: string;
    scaleHintS: string;
    scaleHintW: string;
    unit: string;
    guidance: string;
    interval: string;
    intervalLow: string;
    intervalHigh: string;
    intervalAll: string;
    shape: string;
    numSteps: string;
    sampler: string;
    schedule: string;
    seed: string;
    dice: string;
    lock: string;
    lockHint: string;
    count: string;
    advanced: string;
    more: string;
    copyLink: string;
  };
  readonly names: Readonly<Record<string, string>>;

  readonly stage: {
    label: string;
    sameNoise: string;
    differIn(what: string): string;
    column(n: number): string;
    pin: string;
    pinHint: string;
    remove(n: number): string;
    select(n: number): string;
    preview(steps: number): string;
    waiting: string;
    running(step: number, steps: number): string;
    failed: string;
    samplesOf(count: number, what: string): string;
    pickedSample: string;
    unconditional: string;
  };
  readonly figures: {
    recognised: string;
    recognisedHint(network: string): string;
    diversity: string;
    diversityHint(network: string): string;
    evaluations: string;
    evaluationsHint: string;
    perStep: string;
    total: string;
    readAs(name: string, share: string): string;
    notAvailable: string;
  };
  readonly timeline: {
    label: string;
    play: string;
    pause: string;
    scrub: string;
    view: string;
    views: { estimate: string; noisy: string; both: string };
    sigma(value: string): string;
    filmstrip(sample: number): string;
    frame(step: number, sigma: string): string;
  };
  readonly settingsText: {
    scaleS(value: string): string;
    scaleW(value: string): string;
    steps(n: number): string;
    interval(lo: string, hi: string): string;
    everywhere: string;
    default: string;
  };
  readonly about: { summary: string; paragraphs: readonly string[]; formula: string };
}

const en: Strings = {
  title: 'Guidance Playground',
  tagline: 'What classifier-free guidance does, live on your own machine',
  skip: 'Skip to the pictures',
  language: 'Language',
  theme: { label: 'Theme', auto: 'Automatic', light: 'Light', dark: 'Dark' },
  loading: {
    download: (file, received, total) => `Downloading ${file}: ${received} of ${total}`,
    fromCache: 'Network found on this machine',
    prepare: 'Starting the inference engine…',
    warmUp: 'Warming up: compiling the network for this machine…',
    start: 'Looking for the network…',
  },
  failure: {
    'unknown-model': 'This model does not exist',
    'missing-file': 'A file of the model is missing',
    'damaged-file': 'A file of the model is damaged',
    'invalid-manifest': 'The description of the model is not valid',
    network: 'The model could not be downloaded',
    engine: 'The engine failed',
  },
  retry: 'Try again',
  badge: {
    label: 'Runs on',
    wasm: (threads) => `WASM on the CPU, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
    fallback: {
      'no-webgpu':
        'This browser has no WebGPU, so the CPU computes. Slower, but the same pictures.',
      'no-adapter':
        'WebGPU found no graphics adapter here, so the CPU computes. Slower, but the same pictures.',
      'no-device':
        'The graphics adapter refused to work, so the CPU computes. Slower, but the same pictures.',
      'trial-failed':
        'A trial run on the graphics adapter went wrong, so the CPU computes. Slower, but the same pictures.',
    },
    forced: 'The CPU computes because the address asks for it.',
    useWasm: 'Use the CPU',
    useWebGpu: 'Try the GPU',
    license: (data, licence) => `Trained on ${data}. ${licence}.`,
  },
  notice: {
    misread: (pieces) => `Ignored in the address: ${pieces}`,
    deviceLost: 'The graphics device was lost. Rebuilding the engine and repeating the run…',
    recovered: 'The engine is back.',
    copied: 'Link copied. It restores exactly this page.',
    link: (address) => `This browser does not let pages copy. The link: ${address}`,
    dismiss: 'Dismiss',
  },
  presets: {
    label: 'Start from',
    names: {
      glance: 'At a glance',
      off: 'Guidance off',
      sweet: 'Sweet spot',
      collapse: 'Collapse',
      negative: 'Negative',
      rescue: 'Interval rescue',
      few: 'Few steps',
    },
    notes: {
      glance: 'The same noise at three scales: more of what was asked for, less variety.',
      off: 'Scale 1 is the conditional network alone: varied, but not every sample is what was asked for. Beside it, no class at all.',
      sweet: 'A little guidance makes nearly every sample readable and keeps most of the variety.',
      collapse: 'Far too much: the samples turn into one and the same picture.',
      negative: 'Below 0 the guidance pushes away from the class.',
      rescue:
        'The same strong scale, once at every noise level and once only in the middle: the variety comes back.',
      few: 'Four steps by three samplers: what a good sampler is worth.',
    },
  },
  controls: {
    label: 'Settings',
    editing: (column) => `Column ${column}`,
    subject: 'Draw',
    noClassHint: 'No class: the unconditional network',
    word: 'or a word',
    wordPlaceholder: 'type a word',
    wordHint: 'One sample a letter',
    classOf: (name) => `Class ${name}`,
    guidanceScale: 'Guidance scale',
    scaleHintS: 's: 1 = off, 0 = unconditional',
    scaleHintW: 'w = s − 1 as in the paper: 0 = off',
    unit: 'Scale as',
    guidance: 'Rule',
    interval: 'Guided noise levels',
    intervalLow: 'Lowest guided noise level',
    intervalHigh: 'Highest guided noise level',
    intervalAll: 'all',
    shape: 'Over the steps',
    numSteps: 'Steps',
    sampler: 'Sampler',
    schedule: 'Noise schedule',
    seed: 'Seed',
    dice: 'New noise',
    lock: 'Keep the noise when the class changes',
    lockHint: 'Keep',
    count: 'Samples',
    advanced: 'Sampler',
    more: 'Noise and samples',
    copyLink: 'Copy link',
  },
  names: {},
  stage: {
    label: 'Samples',
    sameNoise: 'Every column starts from the same noise.',
    differIn: (what) => `The columns differ in ${what}.`,
    column: (n) => `Column ${n}`,
    pin: 'Pin as a column',
    pinHint: 'Keep this column and go on in a copy beside it',
    remove: (n) => `Remove column ${n}`,
    select: (n) => `Edit column ${n}`,
    preview: (steps) => `preview, ${steps} steps`,
    waiting: 'waiting',
    running: (step, steps) => `step ${step} of ${steps}`,
    failed: 'This run failed:',
    samplesOf: (count, what) => `${count} samples of ${what}`,
    pickedSample: 'Sample in the filmstrip',
    unconditional: 'no class',
  },
  figures: {
    recognised: 'recognised',
    recognisedHint: (network) => `Share that the classifier ${network} reads as what was asked for`,
    diversity: 'diversity',
    diversityHint: (network) => `Mean distance between two samples in the features of ${network}`,
    evaluations: 'NFE',
    evaluationsHint: 'Network evaluations a sample: conditional and unconditional count one each',
    perStep: 'ms a step',
    total: 'in all',
    readAs: (name, share) => `read as ${name}, ${share}`,
    notAvailable: '–',
  },
  timeline: {
    label: 'Timeline',
    play: 'Play',
    pause: 'Pause',
    scrub: 'Position in the denoising',
    view: 'Show',
    views: { estimate: 'Estimate', noisy: 'Noisy x', both: 'Both' },
    sigma: (value) => `noise level σ ${value}`,
    filmstrip: (sample) => `Steps of sample ${sample}`,
    frame: (step, sigma) => `Go to step ${step}, σ ${sigma}`,
  },
  settingsText: {
    scaleS: (value) => `s = ${value}`,
    scaleW: (value) => `w = ${value}`,
    steps: (n) => (n === 1 ? '1 step' : `${n} steps`),
    interval: (lo, hi) => `guided for σ in (${lo}, ${hi}]`,
    everywhere: 'guided everywhere',
    default: 'default',
  },
  about: {
    summary: 'What am I seeing?',
    paragraphs: [
      'A diffusion network starts from pure noise and takes it away step by step. It was trained with the class label, and in a tenth of the training without it, so it can estimate the picture both ways: with the label (c) and without (u).',
      'Classifier-free guidance exaggerates the difference: u + s·(c − u). At s = 1 it is off; above, samples become more typical of their class and less varied; far above, they collapse.',
      'Everything is computed on this machine, now: nothing is prerecorded and nothing is sent anywhere. The figures under the columns come from a classifier that looks at the finished samples.',
    ],
    formula: 'D = u + s · (c − u)',
  },
};

const zh: Strings = {
  title: 'Guidance Playground',
  tagline: '在你自己的机器上，实时观察无分类器引导的作用',
  skip: '跳到图片',
  language: '语言',
  theme: { label: '主题', auto: '自动', light: '浅色', dark: '深色' },
  loading: {
    download: (file, received, total) => `正在下载 ${file}：${received} / ${total}`,
    fromCache: '本机已有网络文件',
    prepare: '正在启动推理引擎…',
    warmUp: '预热中：正在为这台机器编译网络…',
    start: '正在查找网络…',
  },
  failure: {
    'unknown-model': '没有这个模型',
    'missing-file': '模型缺少文件',
    'damaged-file': '模型文件已损坏',
    'invalid-manifest': '模型描述无效',
    network: '模型下载失败',
    engine: '引擎出错',
  },
  retry: '重试',
  badge: {
    label: '运行于',
    wasm: (threads) => `CPU 上的 WASM，${threads} 线程`,
    fallback: {
      'no-webgpu': '此浏览器没有 WebGPU，因此由 CPU 计算。较慢，但图片相同。',
      'no-adapter': 'WebGPU 在这里找不到显卡，因此由 CPU 计算。较慢，但图片相同。',
      'no-device': '显卡拒绝工作，因此由 CPU 计算。较慢，但图片相同。',
      'trial-failed': '在显卡上的试运行出错，因此由 CPU 计算。较慢，但图片相同。',
    },
    forced: '地址要求使用 CPU 计算。',
    useWasm: '改用 CPU',
    useWebGpu: '尝试 GPU',
    license: (data, licence) => `训练数据：${data}。${licence}。`,
  },
  notice: {
    misread: (pieces) => `地址中已忽略：${pieces}`,
    deviceLost: '显卡设备丢失。正在重建引擎并重新运行…',
    recovered: '引擎已恢复。',
    copied: '链接已复制，打开即可完整还原本页。',
    link: (address) => `此浏览器不允许网页复制。链接：${address}`,
    dismiss: '关闭',
  },
  presets: {
    label: '从这里开始',
    names: {
      glance: '一眼看懂',
      off: '关闭引导',
      sweet: '最佳点',
      collapse: '坍缩',
      negative: '负引导',
      rescue: '区间补救',
      few: '少步数',
    },
    notes: {
      glance: '同样的噪声，三个强度：越来越像要求的字母，也越来越单一。',
      off: '强度 1 就是条件网络本身：多样，但并非每个样本都符合要求。旁边是完全不给类别。',
      sweet: '少量引导让几乎每个样本都可辨认，并保留大部分多样性。',
      collapse: '引导过强：所有样本变成同一张图。',
      negative: '低于 0 时，引导会把样本推离该类别。',
      rescue: '同样的强引导，一次用于所有噪声级，一次只用于中间：多样性回来了。',
      few: '四步，三种采样器：好的采样器值多少。',
    },
  },
  controls: {
    label: '设置',
    editing: (column) => `第 ${column} 列`,
    subject: '绘制',
    noClassHint: '不给类别：无条件网络',
    word: '或一个单词',
    wordPlaceholder: '输入单词',
    wordHint: '每个字母一个样本',
    classOf: (name) => `类别 ${name}`,
    guidanceScale: '引导强度',
    scaleHintS: 's：1 = 关闭，0 = 无条件',
    scaleHintW: '论文中的 w = s − 1：0 = 关闭',
    unit: '强度记作',
    guidance: '规则',
    interval: '引导的噪声区间',
    intervalLow: '引导的最低噪声级',
    intervalHigh: '引导的最高噪声级',
    intervalAll: '全部',
    shape: '随步数变化',
    numSteps: '步数',
    sampler: '采样器',
    schedule: '噪声调度',
    seed: '种子',
    dice: '换新噪声',
    lock: '更换类别时保留噪声',
    lockHint: '保留',
    count: '样本数',
    advanced: '采样器',
    more: '噪声与样本',
    copyLink: '复制链接',
  },
  names: {
    cfg: '无分类器引导',
    conditional: '仅条件网络',
    unconditional: '仅无条件网络',
    autoguidance: '自引导（弱网络）',
    apg: '自适应投影引导（APG）',
    rescale: '重缩放引导',
    'cfg-zero-star': 'CFG-Zero*',
    tcfg: '切向阻尼（TCFG）',
    'mambo-g': '幅度感知（MAMBO-G）',
    rescalePhi: 'φ：重缩放估计的占比',
    apgParallel: 'η：保留与 c 平行部分的比例',
    apgMomentum: 'β：差值的动量',
    apgThreshold: 'r：差值范数的上限',
    zeroSteps: '前几步速度为零',
    mamboAlpha: 'α：按差值大小的阻尼',
    ddim: 'DDIM / Euler',
    ddpm: 'DDPM / Euler 祖先采样',
    paper: '论文算法 2',
    heun: 'Heun(EDM)',
    'dpmpp-2m': 'DPM-Solver++ 2M',
    karras: 'Karras',
    'logsnr-cosine': '对数信噪比余弦',
    constant: '恒定',
    rising: '递增',
    falling: '递减',
    peak: '中间最强',
    rho: 'ρ：低噪声级的细密程度',
    eta: 'η：每步加回的噪声',
    v: 'v：方差插值',
    sChurn: '搅动量',
    sMin: '搅动的最低 σ',
    sMax: '搅动的最高 σ',
    sNoise: '搅动噪声的强度',
  },
  stage: {
    label: '样本',
    sameNoise: '每一列都从相同的噪声开始。',
    differIn: (what) => `各列的区别：${what}。`,
    column: (n) => `第 ${n} 列`,
    pin: '固定为一列',
    pinHint: '保留这一列，在旁边的副本中继续',
    remove: (n) => `移除第 ${n} 列`,
    select: (n) => `编辑第 ${n} 列`,
    preview: (steps) => `预览，${steps} 步`,
    waiting: '等待中',
    running: (step, steps) => `第 ${step} / ${steps} 步`,
    failed: '这次运行失败：',
    samplesOf: (count, what) => `${what} 的 ${count} 个样本`,
    pickedSample: '胶片中的样本',
    unconditional: '无类别',
  },
  figures: {
    recognised: '识别率',
    recognisedHint: (network) => `分类器 ${network} 认作所要求字母的比例`,
    diversity: '多样性',
    diversityHint: (network) => `在 ${network} 的特征中，两个样本之间的平均距离`,
    evaluations: 'NFE',
    evaluationsHint: '每个样本的网络求值次数：条件与无条件各算一次',
    perStep: '毫秒/步',
    total: '总计',
    readAs: (name, share) => `被认作 ${name}，${share}`,
    notAvailable: '–',
  },
  timeline: {
    label: '时间线',
    play: '播放',
    pause: '暂停',
    scrub: '去噪过程中的位置',
    view: '显示',
    views: { estimate: '估计', noisy: '含噪 x', both: '两者' },
    sigma: (value) => `噪声级 σ ${value}`,
    filmstrip: (sample) => `样本 ${sample} 的各步`,
    frame: (step, sigma) => `跳到第 ${step} 步，σ ${sigma}`,
  },
  settingsText: {
    scaleS: (value) => `s = ${value}`,
    scaleW: (value) => `w = ${value}`,
    steps: (n) => `${n} 步`,
    interval: (lo, hi) => `引导 σ 在 (${lo}, ${hi}]`,
    everywhere: '全程引导',
    default: '默认',
  },
  about: {
    summary: '我看到的是什么?',
    paragraphs: [
      '扩散网络从纯噪声开始，一步步去除噪声。训练时它得到类别标签，而有十分之一的时候没有标签，因此它能用两种方式估计图片：有标签 (c) 和无标签 (u)。',
      '无分类器引导放大两者之差：u + s·(c − u)。s = 1 为关闭；更大时，样本更符合类别但更单一；过大则坍缩。',
      '一切都在这台机器上即时计算：没有预先录制，也不发送任何数据。各列下方的数字来自一个查看最终样本的分类器。',
    ],
    formula: 'D = u + s · (c − u)',
  },
};

export const STRINGS: Readonly<Record<Language, Strings>> = { en, zh };

/** The name of a registry entry or parameter: the language's own, else the registry's label. */
export function nameOf(
  strings: Strings,
  entry: { readonly id: string; readonly label: string },
): string {
  return strings.names[entry.id] ?? entry.label;
}
