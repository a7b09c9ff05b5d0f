import type { Article } from './article';
import { wordsSection } from './words-section.zh';

const t = String.raw;

export const zh: Article = {
  title: '原理，一步一步来',
  lead: [
    '无分类器引导不过是一行算术。扩散网络对你的要求是“听见了”，还是“认真照办”，就由它决定。这一行从哪里来？从贝叶斯公式出发，八小步就能走到。',
    t`每一步都配有一张可以拨动的图。真实的图片有成百上千个数，所以这些图住在一个更小的世界里：一张“图片”只是数轴上的*一个*数，一切都能精确算出。我们想要的类别 $c$ 在那里有两个峰，就像同一个字母的两种写法；左边紧挨着另一个类别。每一步的末尾还有一个按钮：它会打开真正的网络，把同一件事用真正的图片演示给你看。`,
  ],
  contents: '目录',
  tour: '没时间细读？60 秒导览',
  showMe: '看实例',
  sections: {
    noise: {
      title: '加噪，再猜原来是什么',
      blocks: [
        { text: t`取一张图片 $x_0$，给每个像素加上强度为 $\sigma$ 的高斯噪声。` },
        { formula: 'noising' },
        {
          text: t`噪声少，只盖住细节；噪声多，就什么都看不见了。把所有含噪图片放在一起看，它们有一个密度 $p(x;\sigma)$：就是原来的数据，被宽度为 $\sigma$ 的钟形曲线抹开。`,
        },
        {
          figure: 'noise',
          title: '噪声下的数据',
          note: t`调大 $\sigma$，看几个峰慢慢化开。过了 $\sigma \approx 2$，谁也看不出这里曾有三个峰，而采样正是从那里开始的。`,
        },
        {
          text: t`扩散网络只学一件事：给定 $x$ 和 $\sigma$，猜出干净的图片。均方误差意义下最好的猜测，是所有可能变成这个 $x$ 的干净图片的平均。`,
        },
        { formula: 'denoiser' },
        {
          text: t`正因为是平均，$\sigma$ 大的时候它必然模糊。这不是缺陷，只是 $x$ 里剩下的信息还不足以下结论。猜测解释不了的那一部分，网络只能当作噪声，记作 $\varepsilon$。`,
        },
        { scene: 'noise', label: '去噪走到一半，含噪的图片和网络的猜测' },
      ],
    },
    score: {
      title: '猜测就是方向',
      blocks: [
        {
          text: t`后面的一切都建立在一个事实上：从 $x$ 指向猜测的那一步，恰好沿着 $\log p$ 的上坡方向（Tweedie 公式）。`,
        },
        { formula: 'score' },
        {
          text: t`左边叫作*得分*（score）。它回答的是：往哪个方向走，含噪图片会变得更常见？一个只学过去噪的网络，在每一点都能回答，而且没有人需要算出任何概率。`,
        },
        {
          figure: 'score',
          title: '从 x 到猜测',
          note: t`每支箭从下方的含噪位置 $x$ 出发，指向上方的猜测 $D$。噪声小，箭指向最近的峰；噪声大，所有的箭都指向整体的中心。`,
        },
        {
          text: t`采样，就是跟着箭走：从纯噪声出发，朝猜测挪一小步，降低 $\sigma$，再看一眼。`,
        },
        { formula: 'ode' },
        {
          text: '本站的每一种采样器都在走这条方程。区别只在于步子迈得多巧，以及路上要不要再掺一点新噪声。',
        },
        { scene: 'score', label: '32 步的完整过程：按下播放，自己跟着箭走一遍' },
      ],
    },
    bayes: {
      title: '贝叶斯公式：箭的加法',
      blocks: [
        {
          text: t`现在我们要的不是随便一张图片，而是类别 $c$ 的图片。两个愿望如何合在一起，贝叶斯公式说得很清楚：`,
        },
        { formula: 'bayes' },
        {
          text: t`取对数，乘积变成和；再对 $x$ 求梯度。$p(c)$ 与 $x$ 无关，就此消失：`,
        },
        { formula: 'bayesScore' },
        {
          text: t`读出来就是：要走向*一个 c*，就先走向*一张图片*，再加上能让分类器更相信“这是 $c$”的那一份。注意，这个分类器必须在同样的 $\sigma$ 下判断含噪的图片。`,
        },
        {
          figure: 'bayes',
          title: '三条恰好相加的曲线',
          note: t`灰加绿等于蓝，在任何位置、任何噪声级都成立。画出的是得分乘以 $\sigma$，这样 $\sigma$ 变化时大小仍可比较。`,
        },
        { scene: 'bayes', label: '同一个网络，给标签与不给标签' },
      ],
    },
    classifier: {
      title: '把分类器调响一点',
      blocks: [
        {
          text: t`Dhariwal 和 Nichol 在含噪图片上训练了这样一个分类器，然后大胆地问：如果让它那支箭的分量，超过贝叶斯公式允许的程度呢？`,
        },
        { formula: 'classifierGuidance' },
        {
          text: t`$w = 0$ 时，这就是老老实实的条件模型。$w > 0$ 时，在每个噪声级上，它是另一个密度的得分：`,
        },
        { formula: 'sharpened' },
        {
          text: t`分类器有把握的地方，$p(c \mid x)^w$ 几乎不起作用；它犹豫的地方，密度就淡下去。于是样本更好认，种类却更少。保真度上升与多样性下降，并不是碰巧同时出现的两种效应，它们本来就是同一个式子。`,
        },
        {
          figure: 'sharpened',
          title: '锐化留下了什么',
          note: t`这个类别左边的峰挨着另一个类别，分类器在那里拿不准。调大 $w$，它就化掉了，噪声越大化得越快，尽管它本身从来没有错。`,
        },
        {
          text: '代价是第二个网络，而且要专门在噪声上训练。何况分类器的梯度名声不太好：*欺骗*分类器用的也是同一支箭。得到的改进里，说不定有一部分只是讨好这个分类器的像素，别人并不买账。',
        },
        { scene: 'classifier', label: '由真正的带噪分类器带领无条件网络' },
        { scene: 'figure2', label: '二维里锐化的密度，如论文中的图' },
      ],
    },
    implicit: {
      title: '一个没人训练过的分类器',
      blocks: [
        {
          text: t`Ho 和 Salimans 把贝叶斯公式倒过来读。谁同时拥有条件模型和无条件模型，谁就已经拥有一个分类器。它藏在两者的比值里，`,
        },
        { formula: 'implicitRatio' },
        { text: '求它的梯度，只要做一次减法：' },
        { formula: 'implicit' },
        {
          figure: 'implicit',
          title: '隐式与显式',
          note: t`宽的绿线是分类器的梯度，由它的概率求导得到；细的虚线是两个预测之差。两条线严丝合缝。`,
        },
        {
          text: t`这里两者相等，是因为一切都是精确的。*学出来的*预测与学出来的分类器只能大致吻合，噪声大时吻合得最好；而两个网络之差，甚至未必是任何函数的梯度。所以这不是一个可以轻易骗过的分类器：没有哪支箭是从分类器里反传出来的。在游乐场里，你可以把两者放在一起看，连同它们夹角的余弦。`,
        },
        { scene: 'implicit', label: '显式梯度与隐式梯度，逐步对照' },
      ],
    },
    training: {
      title: '一个网络，有时藏起标签',
      blocks: [
        {
          text: t`两个预测不必来自两个网络。训练时，以概率 $p_{\mathrm{uncond}}$ 把标签藏起来，换成一个特殊的“无标签” $\varnothing$。`,
        },
        { formula: 'dropped' },
        { text: '写成代码只有一行，而这就是训练上的全部改动：' },
        { code: 'label = null_label if random() < p_uncond else label' },
        {
          text: t`此后，同一组权重能回答两个问题。*已知它是 c，原来是什么？*以及：*原来是什么？*在精确的世界里，第二个答案是第一类答案的平均，每个类别按它此刻看起来的可能性加权：`,
        },
        { formula: 'total' },
        {
          figure: 'label',
          title: '给标签与不给标签',
          note: t`噪声大：没有标签，猜测落在几个类别之间，离谁都远。噪声小：图片自己就泄露了类别，几个答案合而为一，引导也就无话可说了。`,
        },
        { scene: 'training', label: '过程的早期，对同一份噪声的两个答案' },
        { scene: 'train', label: '一个小小的网络，当着你的面学会这一切' },
      ],
    },
    sampling: {
      title: '故意走过头',
      blocks: [
        {
          text: t`把隐式梯度代入第 4 步的公式，$\sigma$ 消去，剩下的正是整个网站所讲的那一行：`,
        },
        { formula: 'cfg' },
        {
          text: t`换一种说法：从没有标签的猜测出发，走到有标签的猜测，然后*继续往前走*。`,
        },
        { formula: 'cfgScale' },
        {
          text: t`论文数的是走过头的部分 $w$，0 表示关闭；多数软件数的是 $s = 1 + w$，1 表示关闭。游乐场的滑块旁有一个切换按钮，因为关于引导的误会，有一半出在这个 1 上。`,
        },
        {
          figure: 'sampling',
          title: '600 个样本',
          note: t`柱子由本站自己的 Heun 采样器和引导规则画出，曲线是第 4 步里锐化的密度。引导关闭时两者吻合；引导越强，两者分得越开。原因见最后一个问题。`,
        },
        { scene: 'sampling', label: '同一个类别、同样的噪声、三种强度' },
      ],
    },
    interval: {
      title: '哪里有益，哪里有害',
      blocks: [
        {
          text: t`引导并不是在每个噪声级都同样有用。一开始，同一类别的样本都是同一团模糊，于是全被推向同一个方向：多样性就丢在这里。到了最后，已经没有什么要决定，第二次求值纯属浪费。Kynkäänniemi 等人只在中间一段引导。`,
        },
        { formula: 'interval' },
        {
          text: t`在 512 像素的 ImageNet 上，这让一个大网络（EDM2-XXL）的 FID 从 1.81 降到 1.40，同时还省了时间。`,
        },
        {
          figure: 'interval',
          title: '从噪声到数据',
          note: t`每条线是一个样本走过的路：左端是噪声，右端是数据，画的是 $x/\sqrt{1+\sigma^2}$。阴影里的噪声级开启引导。处处引导，下面那一支就会消失；只在中间引导，它又回来了。`,
        },
        { scene: 'interval', label: '强得过分的引导：处处使用，与只用在区间内' },
      ],
    },
    cost: {
      title: '代价',
      blocks: [
        {
          text: t`每个引导步都要问网络两次，一次求 $\varepsilon_c$，一次求 $\varepsilon_u$。两者放在同一批里送进去，显卡若有余力，时间用不到两倍；但计算量实实在在翻了一番。`,
        },
        {
          table: [
            ['', '每步求值次数', '换来什么'],
            ['无引导', '1', '老老实实的条件模型'],
            [
              '分类器引导',
              '1，外加分类器的一次前向和反向',
              '训练时没藏过标签的网络也能引导；要多训练一个网络',
            ],
            ['无分类器引导', '2', '一行代码换来引导'],
            ['只在区间内引导', '区间内 2，区间外 1', '更便宜，也更多样；要多选两个数'],
            ['蒸馏', '1', '学会了引导结果的学生网络；要再训练一次'],
            ['自引导', '1，外加小网络的 1 次', '不是少算几次，而是图片更好：多样性得以保留'],
          ],
        },
        {
          text: t`两点说明。蒸馏把每张图片的代价，换成一次额外的训练；通常顺便把步数也一起蒸馏掉。自引导省不了多少，它把无标签的猜测换成*一个更差的、但标签相同的网络*的猜测，于是走过头的方向是远离错误，而不是远离其他类别。`,
        },
        { scene: 'cost', label: '四种做法，连同各自的求值次数（NFE）和毫秒数' },
      ],
    },
    words: wordsSection,
    questions: {
      title: '常见疑问',
      blocks: [
        {
          question: '为什么会饱和？',
          answer: [
            {
              text: t`猜测是图片的平均，像素不会超出图片的取值范围。可是 $s > 1$ 之后，引导后的猜测 $D_u + s\,(D_c - D_u)$ 就不再是平均：没有标签时是白色、有了标签更白的像素，会变得比白还白。下一步便从一个训练中从未出现过的 $x$ 出发，误差越滚越大。最后统统被截断，看上去就是刺眼的对比度。阈值、重缩放、APG 和区间是四种补救办法，游乐场里都有。`,
            },
            { scene: 'saturation', label: '用颜色标出超出范围的像素' },
          ],
        },
        {
          question: '为什么多样性会下降？',
          answer: [
            {
              text: t`每个位置都乘上了 $p(c \mid x)^w$，概率便流向类别毫无疑问的地方：离其他类别最远的“教科书样例”。不那么典型的成员住在边界附近，它们本是完全合格的样本，却最先消失。高噪声时更糟：同一个方向对所有样本都是最优的，强度一大，就把它们全送到了一处。`,
            },
            { scene: 'diversity', label: '四种强度下的“多样性”数值' },
          ],
        },
        {
          question: t`为什么很小的 $p_{\mathrm{uncond}}$ 就够了？`,
          answer: [
            {
              text: t`对完美的网络来说，这个值无关紧要：无论你问得勤还是问得少，$\varepsilon_c$ 和 $\varepsilon_u$ 都是同样的函数。真实的网络容量有限、时间有限，每藏一次标签，就从条件预测那里分走一点，而画出图片的正是条件预测。无条件预测只需给出方向。论文发现 0.1 和 0.2 差不多好，0.5 则始终更差。本站的网络用的是 0.1。`,
            },
            { scene: 'uncond', label: '在我们的网络上做同样的研究' },
          ],
        },
        {
          question: '负的强度会怎样？',
          answer: [
            {
              text: t`往反方向走。$s = 0$ 时标签被忽略；低于 0，样本会*远离*这个类别，走向最不像它的东西。负提示是它的近亲：标签照旧，$s > 1$ 也照旧，只是把“无标签”换成你不想要的东西，于是走过头就意味着离它更远。`,
            },
            { scene: 'negative', label: '同样的噪声，强度 1、0 和 −1' },
          ],
        },
        {
          question: '为什么不干脆降低温度？',
          answer: [
            {
              text: t`这一招对语言模型很灵，所以论文也试了：放大得分，或者少加噪声。结果图片变得光滑、平淡。低温会锐化密度的*一切*，而可锐化的大多是细节；最光滑的图片恰恰最可能。引导只锐化区分类别的那一个因子 $p(c \mid x)$。在我们的字母上，低温确实能让识别率略有上升，但换取同样的提升，付出的多样性要多得多。`,
            },
            { scene: 'temperature', label: '无引导、低温采样与引导，并排对比' },
          ],
        },
        {
          question: '引导后的过程是在对某个密度采样吗？',
          answer: [
            {
              text: t`它当然有一个分布，但不是你会写下来的那一个。在每个噪声级上，引导后的得分都属于一个锐化的密度。这些密度若要是*同一个*密度加噪的结果，就必须“先锐化再加噪”与“先加噪再锐化”相同。可惜不同：`,
            },
            { formula: 'noDensity' },
            {
              text: t`所以并不存在一份数据，以这个过程为它的扩散；样本也不会落在 $p(x)\,p(c \mid x)^s$ 上。在第 7 步里，柱子离开了曲线；在二维世界里，你可以看着成千上万个粒子这样走。尽管如此它仍然好用，这是观察到的事实，而不是定理。`,
            },
            { scene: 'plane', label: '二维里的两个峰，不引导与引导' },
          ],
        },
      ],
    },
    references: {
      title: '延伸阅读',
      blocks: [
        {
          references: [
            'Ho、Salimans（2022），Classifier-Free Diffusion Guidance：[arXiv:2207.12598](https://arxiv.org/abs/2207.12598)',
            'Dhariwal、Nichol（2021），Diffusion Models Beat GANs on Image Synthesis：[arXiv:2105.05233](https://arxiv.org/abs/2105.05233)',
            'Ho、Jain、Abbeel（2020），Denoising Diffusion Probabilistic Models：[arXiv:2006.11239](https://arxiv.org/abs/2006.11239)',
            'Song 等（2020），Score-Based Generative Modeling through Stochastic Differential Equations：[arXiv:2011.13456](https://arxiv.org/abs/2011.13456)',
            'Karras 等（2022），Elucidating the Design Space of Diffusion-Based Generative Models：[arXiv:2206.00364](https://arxiv.org/abs/2206.00364)',
            'Kynkäänniemi 等（2024），Applying Guidance in a Limited Interval：[arXiv:2404.07724](https://arxiv.org/abs/2404.07724)',
            'Karras 等（2024），Guiding a Diffusion Model with a Bad Version of Itself：[arXiv:2406.02507](https://arxiv.org/abs/2406.02507)',
            'Meng 等（2022），On Distillation of Guided Diffusion Models：[arXiv:2210.03142](https://arxiv.org/abs/2210.03142)',
            'Saharia 等（2022），Imagen，由文字生成图片，其中提出了动态阈值：[arXiv:2205.11487](https://arxiv.org/abs/2205.11487)',
            'Ho 等（2021），Cascaded Diffusion Models，其中提出了噪声条件增强：[arXiv:2106.15282](https://arxiv.org/abs/2106.15282)',
            'Sadat 等（2024），Eliminating Oversaturation（APG）：[arXiv:2410.02416](https://arxiv.org/abs/2410.02416)',
            'Bradley、Nakkiran（2024），Classifier-Free Guidance is a Predictor-Corrector，讨论引导究竟不在采样什么：[arXiv:2408.09000](https://arxiv.org/abs/2408.09000)',
          ],
        },
      ],
    },
  },
  figures: {
    sigma: '噪声级 σ',
    place: '位置 x',
    strength: '强度 w（0 = 关闭）',
    scale: '强度 s（1 = 关闭）',
    low: '引导的下限 σ',
    high: '引导的上限 σ',
    augmentation: '增强强度 a',
    tooBright: '第一级偏亮',
    percentile: '百分位 p',
    data: '数据',
    noised: '噪声下的数据',
    estimate: '猜测 D',
    cond: '给标签',
    uncond: '不给标签',
    classifier: '分类器',
    others: '另一类',
    otherClass: '标签：另一类',
    wantedClass: '标签：类别 c',
    guided: '锐化之后',
    unguided: '类别 c 本身',
    difference: '两个预测之差',
    samples: '样本',
    noLabel: '无标签',
    pictures: '有图片的地方',
    firstStage: '第一级',
    secondStage: '第二级',
    guidedGuess: '引导后的猜测',
    clipped: '截断（静态）',
    scaled: '缩小（动态）',
    spread: '离散程度（标准差）',
    nearPart: '左峰所占的概率',
    nearSamples: '落在左峰的样本',
    evaluations: '每个样本的求值次数',
    apart: '最大差异',
    sum: '灰 + 绿 − 蓝',
    amongPictures: '落在图片之中',
    trueToSmall: '明暗与小图片一致',
    clippedAtEdge: '处于 ±1 的像素，截断',
    scaledAtEdge: '缩小',
    toNoise: '噪声',
    toData: '数据',
  },
};
