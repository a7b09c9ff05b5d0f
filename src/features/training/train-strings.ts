/** The words of the network that is trained in the page. */
export interface TrainStrings {
  readonly title: string;
  readonly lead: string;
  readonly start: string;
  readonly pause: string;
  readonly resume: string;
  readonly again: string;
  readonly restart: string;
  readonly restartHint: string;
  readonly weights: string;
  readonly weightsHint: string;
  status(step: string, steps: string): string;
  readonly untrained: string;
  speed(stepsPerSecond: string): string;
  readonly failed: string;
  readonly pUncond: string;
  readonly pUncondHint: string;
  readonly batch: string;
  readonly width: string;
  readonly steps: string;
  readonly code: string;
  readonly codeHint: string;
  readonly charts: {
    loss: string;
    lossHint: string;
    leastLoss: string;
    trainingLoss: string;
    excess: string;
    excessHint: string;
    empty: string;
  };
  readonly fields: {
    title: string;
    sigma: string;
    sigmaHint: string;
    cond(letter: string): string;
    uncond: string;
    difference: string;
    error: string;
    errorHint: string;
    learnt: string;
    exact: string;
    picture(what: string, sigma: string): string;
  };
  readonly samples: {
    title: string;
    hint: string;
    learnt: string;
    exact: string;
    recognised(percent: string, letter: string): string;
    spread(value: string): string;
    picture(what: string, count: string, letter: string): string;
  };
  readonly notes: {
    none: string;
    all: string;
    both: string;
    untrained: string;
  };
}

export const trainEn: TrainStrings = {
  title: 'Train a network yourself',
  lead: 'A tiny network learns the data above, from random weights, on your own machine. Classifier-free guidance changes one line of its training: now and then the class is hidden. Slide p_uncond to its ends to see what that line is for.',
  start: 'Train',
  pause: 'Pause the training',
  resume: 'Go on training',
  again: 'Train again',
  restart: 'From the start',
  restartHint: 'The same training once more: the same weights, the same batches',
  weights: 'Other weights',
  weightsHint: 'Start from other random weights, with other batches',
  status: (step, steps) => `step ${step} of ${steps}`,
  untrained: 'not trained yet',
  speed: (stepsPerSecond) => `${stepsPerSecond} steps a second`,
  failed: 'The training failed:',
  pUncond: 'p_uncond',
  pUncondHint: 'How often a training sample is shown without its class',
  batch: 'Samples a step',
  width: 'Width of its 3 hidden layers',
  steps: 'Training steps',
  code: 'The training step, with the paper’s one-line change',
  codeHint: 'The highlighted line is all that classifier-free guidance adds.',
  charts: {
    loss: 'Training loss',
    lossHint:
      'It cannot fall to 0: noise hides what was there. The thin line is the loss of the exact denoisers, estimated on other points.',
    leastLoss: 'least possible',
    trainingLoss: 'this network',
    excess: 'Loss above the least possible',
    excessHint:
      'Mean of λ(σ)·(D − D*)² over fresh points and the training’s noise levels: how far the network is from the exact denoiser D*, with the class and without it. Logarithmic.',
    empty: 'Drawn while the network trains',
  },
  fields: {
    title: 'What it has learnt',
    sigma: 'Noise level σ of the fields',
    sigmaHint:
      'Arrows point from x to the estimate D(x; σ); they are faint where there are hardly any data.',
    cond: (letter) => `With class ${letter}`,
    uncond: 'Without a class',
    difference: 'Their difference, c − u: what guidance adds',
    error: 'mean |D − D*|²',
    errorHint:
      'Mean squared distance between the network’s estimate and the exact one, over points drawn from the noisy data: weighted by their density.',
    learnt: 'the network',
    exact: 'exact',
    picture: (what, sigma) => `${what}: estimates of the network and exact ones at σ ${sigma}`,
  },
  samples: {
    title: 'Samples drawn with it',
    hint: 'Both clouds start from the same noise and take the same steps by the same rule.',
    learnt: 'With the network',
    exact: 'With the exact scores',
    recognised: (percent, letter) => `${percent} where ${letter} is likeliest`,
    spread: (value) => `spread ${value}`,
    picture: (what, count, letter) => `${what}: ${count} samples of class ${letter}`,
  },
  notes: {
    none: 'p_uncond = 0: the network never saw a sample without its class, so there is no unconditional model. What it says without a class is left over from its random weights, and guidance pushes wherever that happens to point.',
    all: 'p_uncond = 1: the network never saw a class, so there is no conditional model. The class changes its answer only by what is left over from random weights.',
    both: 'One network, two models: samples with their class teach it the one, samples without it the other. The rarer a kind is, the slower its curve falls.',
    untrained:
      'Before the first step the network says nothing: D is x scaled towards 0, whatever the class.',
  },
};

export const trainZh: TrainStrings = {
  title: '自己训练一个网络',
  lead: '一个极小的网络从随机权重出发，就在你的机器上学习上面的数据。无分类器引导只改动训练中的一行：偶尔把类别藏起来。把 p_uncond 拖到两端，就能看出这一行的用处。',
  start: '开始训练',
  pause: '暂停训练',
  resume: '继续训练',
  again: '再训练一次',
  restart: '从头开始',
  restartHint: '同样的训练再来一遍：同样的初始权重，同样的批次',
  weights: '换一组权重',
  weightsHint: '从另一组随机权重和另一些批次开始',
  status: (step, steps) => `第 ${step} 步，共 ${steps} 步`,
  untrained: '尚未训练',
  speed: (stepsPerSecond) => `每秒 ${stepsPerSecond} 步`,
  failed: '训练失败：',
  pUncond: 'p_uncond（隐去类别的概率）',
  pUncondHint: '训练样本有多大概率不带类别',
  batch: '每步样本数',
  width: '三个隐藏层的宽度',
  steps: '训练步数',
  code: '训练的一步，含论文的一行改动',
  codeHint: '高亮的这一行就是无分类器引导增加的全部内容。',
  charts: {
    loss: '训练损失',
    lossHint: '它降不到 0：噪声遮住了原来的数据。细线是精确去噪器的损失，在另一些点上估计。',
    leastLoss: '可能的最小值',
    trainingLoss: '这个网络',
    excess: '超出最小值的损失',
    excessHint:
      '在新的点和训练所用的噪声水平上对 λ(σ)·(D − D*)² 求平均：网络在有类别和无类别时距精确去噪器 D* 有多远。对数坐标。',
    empty: '训练时绘制',
  },
  fields: {
    title: '它学到了什么',
    sigma: '场的噪声水平 σ',
    sigmaHint: '箭头从 x 指向估计 D(x; σ)；几乎没有数据的地方颜色较淡。',
    cond: (letter) => `给定类别 ${letter}`,
    uncond: '不给类别',
    difference: '两者之差 c − u：引导所加的方向',
    error: '|D − D*|² 的均值',
    errorHint: '在含噪数据中抽取的点上，网络的估计与精确估计之间距离平方的均值，即按数据密度加权。',
    learnt: '网络',
    exact: '精确',
    picture: (what, sigma) => `${what}：σ 为 ${sigma} 时网络的估计与精确估计`,
  },
  samples: {
    title: '用它采样',
    hint: '两团点从同样的噪声出发，用同样的规则走同样的步。',
    learnt: '用这个网络',
    exact: '用精确的分数',
    recognised: (percent, letter) => `${percent} 落在最可能是 ${letter} 之处`,
    spread: (value) => `散布 ${value}`,
    picture: (what, count, letter) => `${what}：类别 ${letter} 的 ${count} 个样本`,
  },
  notes: {
    none: 'p_uncond = 0：网络从未见过不带类别的样本，所以没有无条件模型。不给类别时它说的只是随机权重的残余，引导便朝着这个偶然的方向推。',
    all: 'p_uncond = 1：网络从未见过类别，所以没有条件模型。类别对它的回答只有随机权重残余的影响。',
    both: '一个网络，两个模型：带类别的样本教会它一个，隐去类别的样本教会它另一个。哪种样本少，哪条曲线就降得慢。',
    untrained: '在第一步之前网络什么也没说：无论什么类别，D 都只是把 x 向 0 缩放。',
  },
};
