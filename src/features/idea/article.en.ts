import type { Article } from './article';
import { wordsSection } from './words-section.en';

const t = String.raw;

export const en: Article = {
  title: 'The idea, step by step',
  lead: [
    'Classifier-free guidance is one line of arithmetic. It decides whether a diffusion network merely knows what you asked for or insists on it. Here is where the line comes from, in eight small steps from Bayes’ rule.',
    t`Every step has a figure that you can move. A real picture is hundreds of numbers, so the figures live in a smaller world, where a picture is *one* number on a line and everything can be computed exactly. The class we want, $c$, has two bumps there, like two ways of writing the same letter. Another class sits to their left. And every step ends with a button: it opens the real network, set to show the same thing on real pictures.`,
  ],
  contents: 'Contents',
  tour: 'No time? Take the tour: 60 seconds',
  showMe: 'Show me',
  sections: {
    noise: {
      title: 'Noise, and a guess at what was there',
      blocks: [
        {
          text: t`Take a picture $x_0$ and add Gaussian noise of strength $\sigma$ to every pixel.`,
        },
        { formula: 'noising' },
        {
          text: t`A little noise hides the fine detail. A lot of it hides everything. Seen from above, the crowd of all noisy pictures has a density $p(x;\sigma)$: the data, smeared out by a bell of width $\sigma$.`,
        },
        {
          figure: 'noise',
          title: 'Data under noise',
          note: t`Raise $\sigma$ and watch the bumps melt. Past $\sigma \approx 2$ nobody could tell that there were three, and that is where sampling begins.`,
        },
        {
          text: t`A diffusion network learns one thing only: given $x$ and $\sigma$, guess the clean picture. The best guess, in mean square, is the average of every clean picture that could have become this $x$.`,
        },
        { formula: 'denoiser' },
        {
          text: t`Because it is an average, it is blurry while $\sigma$ is large. That is not a flaw. There is simply not enough left in $x$ to decide. Whatever the guess does not explain, the network must take for noise, and that part is called $\varepsilon$.`,
        },
        { scene: 'noise', label: 'noisy pictures and the guesses, half-way through a run' },
      ],
    },
    score: {
      title: 'The guess is a direction',
      blocks: [
        {
          text: t`Here is the fact that everything else rests on. The step from $x$ to the guess points straight uphill on $\log p$ (Tweedie’s formula):`,
        },
        { formula: 'score' },
        {
          text: t`The left side is called the *score*. It asks: which way do noisy pictures become more common? A network that has only ever learned to remove noise answers that at every point, and nobody had to compute a probability.`,
        },
        {
          figure: 'score',
          title: 'From x to the guess',
          note: t`Each arrow runs from a noisy place $x$, below, to its guess $D$, above. With little noise it points to the nearest bump. With much noise every arrow points to the middle of everything.`,
        },
        {
          text: t`To sample is to follow the arrows. Start from pure noise, move a little towards the guess, lower $\sigma$, look again.`,
        },
        { formula: 'ode' },
        {
          text: 'Every sampler on this site follows this equation. They differ in how cleverly they step, and in whether they stir in fresh noise on the way.',
        },
        { scene: 'score', label: 'a run of 32 steps: press play and follow the arrows yourself' },
      ],
    },
    bayes: {
      title: 'Bayes’ rule, as a sum of arrows',
      blocks: [
        {
          text: t`Now we do not want just any picture, but one of class $c$. Bayes’ rule says how the two wishes combine:`,
        },
        { formula: 'bayes' },
        {
          text: t`Take the logarithm, so that products become sums. Then take the gradient in $x$. The term $p(c)$ does not depend on $x$, so it is gone:`,
        },
        { formula: 'bayesScore' },
        {
          text: t`Read it aloud: to go towards *a c*, go towards *a picture*, plus whatever makes a classifier surer that it sees a $c$. Note that this classifier must judge noisy pictures, at the same $\sigma$.`,
        },
        {
          figure: 'bayes',
          title: 'Three curves that add up',
          note: t`Grey plus green is blue, at every place and every noise level. What is drawn is $\sigma$ times each score, so that they keep their size while $\sigma$ changes.`,
        },
        { scene: 'bayes', label: 'the network with the label, and without' },
      ],
    },
    classifier: {
      title: 'Turn the classifier up',
      blocks: [
        {
          text: t`Dhariwal and Nichol trained such a classifier on noisy pictures and asked a bold question. What if its arrow counts more than Bayes allows?`,
        },
        { formula: 'classifierGuidance' },
        {
          text: t`For $w = 0$ this is the honest conditional model. For $w > 0$ it is, at every noise level, the score of a different density:`,
        },
        { formula: 'sharpened' },
        {
          text: t`Where the classifier is sure, $p(c \mid x)^w$ hardly changes anything. Where it hesitates, the density fades. So samples become more recognisable, and there are fewer kinds of them. Fidelity and loss of diversity are not two effects that happen to come together. They are one formula.`,
        },
        {
          figure: 'sharpened',
          title: 'What sharpening keeps',
          note: t`The left bump of the class lies next to the other class, so the classifier hesitates there. Raise $w$ and it melts away, the faster the more noise there is, though nothing was ever wrong with it.`,
        },
        {
          text: 'The price is a second network, trained on noise for this purpose alone. And a gradient of a classifier has a bad reputation: the same arrow is used to *fool* classifiers. Part of the gain may be pixels that please this one classifier and nobody else.',
        },
        {
          scene: 'classifier',
          label: 'the unconditional network, led by a real noisy classifier',
        },
        { scene: 'figure2', label: 'the sharpened density in two dimensions, as in the paper' },
      ],
    },
    implicit: {
      title: 'A classifier that nobody trained',
      blocks: [
        {
          text: t`Ho and Salimans read Bayes’ rule from the other end. Whoever owns a conditional and an unconditional model owns a classifier already. It is hidden in their ratio,`,
        },
        { formula: 'implicitRatio' },
        { text: 'and its gradient costs one subtraction:' },
        { formula: 'implicit' },
        {
          figure: 'implicit',
          title: 'Implicit and explicit',
          note: t`The wide green line is the classifier’s gradient, differentiated from its probability. The thin dashed line is the difference of the two predictions. One lies on the other.`,
        },
        {
          text: t`Here they agree because everything is exact. *Learned* predictions and a learned classifier agree only roughly, best while there is much noise, and a difference of two networks need not be the gradient of anything at all. So this is not a classifier that can simply be fooled: no arrow was taken through one. In the playground both can be watched side by side, along with the cosine between them.`,
        },
        { scene: 'implicit', label: 'explicit and implicit gradient, step by step' },
      ],
    },
    training: {
      title: 'One network, with the label sometimes hidden',
      blocks: [
        {
          text: t`Two predictions need not mean two networks. While training, hide the label now and then, with probability $p_{\mathrm{uncond}}$, behind a special “no label” $\varnothing$.`,
        },
        { formula: 'dropped' },
        { text: 'In code that is a single line, and the whole change to the training:' },
        { code: 'label = null_label if random() < p_uncond else label' },
        {
          text: t`Afterwards the same weights answer two questions. *What was this, given that it is a c?* And: *what was this?* In an exact world the second answer is an average of the first kind, each class weighted by how likely it looks:`,
        },
        { formula: 'total' },
        {
          figure: 'label',
          title: 'With the label and without',
          note: t`Much noise: without a label the guess lies between the classes, far from each. Little noise: the picture gives its class away, the answers meet, and guidance has nothing left to say.`,
        },
        {
          scene: 'training',
          label: 'both answers to the same noise, early in the run',
        },
        { scene: 'train', label: 'a tiny network that learns this before your eyes' },
      ],
    },
    sampling: {
      title: 'Overshoot on purpose',
      blocks: [
        {
          text: t`Put the implicit gradient into the formula of step 4. The $\sigma$ cancels, and what is left is the line that this whole site is about:`,
        },
        { formula: 'cfg' },
        {
          text: t`Put differently: start at the guess without the label, walk to the guess with the label, and then *keep walking*.`,
        },
        { formula: 'cfgScale' },
        {
          text: t`The paper counts the overshoot $w$, and 0 is off. Most software counts $s = 1 + w$, and 1 is off. Beside its slider the playground has a switch for this, because half of all confusion about guidance is this 1.`,
        },
        {
          figure: 'sampling',
          title: '600 samples',
          note: t`The bars are drawn by this site’s own Heun sampler with its own guidance rule. The line is the sharpened density of step 4. Off, they agree. The more guidance, the more they part; the last question below says why.`,
        },
        { scene: 'sampling', label: 'one class, the same noise, three scales' },
      ],
    },
    interval: {
      title: 'Where it helps, and where it hurts',
      blocks: [
        {
          text: t`Guidance is not equally useful at every noise level. Early on, every sample of a class is the same blur, so every sample is pushed the same way: this is where variety dies. At the end, nothing is left to decide, and the second evaluation is wasted. Kynkäänniemi and colleagues guide only in between.`,
        },
        { formula: 'interval' },
        {
          text: t`On ImageNet at 512 pixels that took a large network (EDM2-XXL) from an FID of 1.81 to 1.40. It saves time, too.`,
        },
        {
          figure: 'interval',
          title: 'From noise to data',
          note: t`Each line is one sample on its way, from noise at the left to data at the right, drawn as $x/\sqrt{1+\sigma^2}$. In the shaded levels guidance is on. Guide everywhere and the lower branch dies out; guide only in the middle and it comes back.`,
        },
        { scene: 'interval', label: 'a far too strong scale, everywhere and in an interval' },
      ],
    },
    cost: {
      title: 'What it costs',
      blocks: [
        {
          text: t`Every guided step asks the network twice, for $\varepsilon_c$ and for $\varepsilon_u$. They travel in one batch, so a GPU with room to spare takes less than twice the time. The arithmetic doubles all the same.`,
        },
        {
          table: [
            ['', 'evaluations a step', 'what you get'],
            ['no guidance', '1', 'the honest conditional model'],
            [
              'classifier guidance',
              '1, and a classifier forward and back',
              'guidance for a network trained without hidden labels; a second network to train',
            ],
            ['classifier-free guidance', '2', 'guidance for one line of code'],
            [
              'in an interval',
              '2 inside, 1 outside',
              'cheaper, and more varied; two more numbers to choose',
            ],
            [
              'distilled',
              '1',
              'a student that has learned the guided answer; another training run',
            ],
            [
              'autoguidance',
              '1, and 1 of a smaller network',
              'better pictures rather than fewer evaluations: variety stays',
            ],
          ],
        },
        {
          text: t`Two remarks. Distillation moves the cost from every picture to one more training run; usually the number of steps is distilled away in the same go. Autoguidance saves little. It replaces the unlabelled guess by that of a *worse network with the same label*, so the overshoot leads away from mistakes rather than away from other classes.`,
        },
        { scene: 'cost', label: 'four ways, with their evaluations (NFE) and milliseconds' },
      ],
    },
    words: wordsSection,
    questions: {
      title: 'Questions',
      blocks: [
        {
          question: 'Why does it saturate?',
          answer: [
            {
              text: t`A guess is an average of pictures, so its pixels stay within the range of pictures. The guided guess $D_u + s\,(D_c - D_u)$ is no average once $s > 1$: a pixel that is white without the label and whiter with it becomes whiter than white. The next step then starts from an $x$ that no training picture ever led to, and the error feeds on itself. In the end everything is clipped, which looks like harsh contrast. Thresholding, rescaling, APG and intervals are four remedies, and all four are in the playground.`,
            },
            { scene: 'saturation', label: 'what leaves the range, in colour' },
          ],
        },
        {
          question: 'Why does diversity fall?',
          answer: [
            {
              text: t`Every place is weighted with $p(c \mid x)^w$, so the mass moves to where the class is beyond doubt: the textbook examples, far from every other class. Unusual members live near the border. They are perfectly good samples, and they go first. At high noise it is worse still, because one and the same direction is best for all samples at once, and a large scale sends them all there.`,
            },
            { scene: 'diversity', label: 'the number called Diversity, at four scales' },
          ],
        },
        {
          question: t`Why is a small $p_{\mathrm{uncond}}$ enough?`,
          answer: [
            {
              text: t`For a perfect network the value would not matter: $\varepsilon_c$ and $\varepsilon_u$ are the same functions whether you ask for one of them often or rarely. A real network has limited capacity and limited time, and every hidden label takes some away from the conditional answer, which is the one that makes the picture. The unconditional answer only has to give a direction. The paper finds 0.1 and 0.2 about equally good, and 0.5 consistently worse. The network of this site was trained with 0.1.`,
            },
            { scene: 'uncond', label: 'the same study on our networks' },
          ],
        },
        {
          question: 'What does a negative scale do?',
          answer: [
            {
              text: t`It walks the other way. At $s = 0$ the label is ignored. Below 0 the sample moves *away* from the class, towards whatever speaks most against it. A negative prompt is a cousin of this: there the label stays, with $s > 1$, but “no label” is replaced by the thing you do not want, and the overshoot leads away from that.`,
            },
            { scene: 'negative', label: 'scales 1, 0 and −1 on the same noise' },
          ],
        },
        {
          question: 'Why not simply lower the temperature?',
          answer: [
            {
              text: t`It works for language models, so the paper tries it: scale the score up, or add less noise. The pictures turn smooth and bland. A lower temperature sharpens *everything* about the density, and most of what there is to sharpen is detail; smooth pictures are the likeliest of all. Guidance sharpens only the one factor that tells classes apart, $p(c \mid x)$. On our letters a lower temperature does help recognition a little, but for the same gain it gives up far more variety.`,
            },
            { scene: 'temperature', label: 'low temperature between no guidance and guidance' },
          ],
        },
        {
          question: 'Does the guided process sample a density?',
          answer: [
            {
              text: t`A distribution it surely has, but not the one you would write down. At each noise level the guided score belongs to a sharpened density. For these to be the noised versions of *one* density, sharpening first and adding noise later would have to be the same as the other way round. It is not:`,
            },
            { formula: 'noDensity' },
            {
              text: t`So there is no data set whose diffusion this is, and the samples land elsewhere than on $p(x)\,p(c \mid x)^s$. In step 7 the bars leave the line; in two dimensions you can watch thousands of particles do it. That it works so well regardless is an observation, not a theorem.`,
            },
            { scene: 'plane', label: 'two bumps in two dimensions, unguided and guided' },
          ],
        },
      ],
    },
    references: {
      title: 'To read on',
      blocks: [
        {
          references: [
            'Ho and Salimans (2022), Classifier-Free Diffusion Guidance: [arXiv:2207.12598](https://arxiv.org/abs/2207.12598)',
            'Dhariwal and Nichol (2021), Diffusion Models Beat GANs on Image Synthesis: [arXiv:2105.05233](https://arxiv.org/abs/2105.05233)',
            'Ho, Jain and Abbeel (2020), Denoising Diffusion Probabilistic Models: [arXiv:2006.11239](https://arxiv.org/abs/2006.11239)',
            'Song et al. (2020), Score-Based Generative Modeling through Stochastic Differential Equations: [arXiv:2011.13456](https://arxiv.org/abs/2011.13456)',
            'Karras et al. (2022), Elucidating the Design Space of Diffusion-Based Generative Models: [arXiv:2206.00364](https://arxiv.org/abs/2206.00364)',
            'Kynkäänniemi et al. (2024), Applying Guidance in a Limited Interval: [arXiv:2404.07724](https://arxiv.org/abs/2404.07724)',
            'Karras et al. (2024), Guiding a Diffusion Model with a Bad Version of Itself: [arXiv:2406.02507](https://arxiv.org/abs/2406.02507)',
            'Meng et al. (2022), On Distillation of Guided Diffusion Models: [arXiv:2210.03142](https://arxiv.org/abs/2210.03142)',
            'Saharia et al. (2022), Imagen, pictures from words, with dynamic thresholding: [arXiv:2205.11487](https://arxiv.org/abs/2205.11487)',
            'Ho et al. (2021), Cascaded Diffusion Models, with noise conditioning augmentation: [arXiv:2106.15282](https://arxiv.org/abs/2106.15282)',
            'Sadat et al. (2024), Eliminating Oversaturation (APG): [arXiv:2410.02416](https://arxiv.org/abs/2410.02416)',
            'Bradley and Nakkiran (2024), Classifier-Free Guidance is a Predictor-Corrector, on what guidance does not sample: [arXiv:2408.09000](https://arxiv.org/abs/2408.09000)',
          ],
        },
      ],
    },
  },
  figures: {
    sigma: 'Noise level σ',
    place: 'Place x',
    strength: 'Strength w (0 = off)',
    scale: 'Scale s (1 = off)',
    low: 'Guide above σ',
    high: 'Guide up to σ',
    augmentation: 'Augmentation a',
    tooBright: 'First stage too bright by',
    percentile: 'Percentile p',
    data: 'data',
    noised: 'data under noise',
    estimate: 'the guess D',
    cond: 'with the label',
    uncond: 'without the label',
    classifier: 'classifier',
    others: 'the other class',
    otherClass: 'told: the other class',
    wantedClass: 'told: class c',
    guided: 'sharpened',
    unguided: 'class c as it is',
    difference: 'difference of the predictions',
    samples: 'samples',
    noLabel: 'told nothing',
    pictures: 'where pictures are',
    firstStage: 'first stage',
    secondStage: 'second stage',
    guidedGuess: 'the guided guess',
    clipped: 'clipped (static)',
    scaled: 'scaled (dynamic)',
    spread: 'spread (std)',
    nearPart: 'mass of the left bump',
    nearSamples: 'samples in the left bump',
    evaluations: 'evaluations a sample',
    apart: 'largest difference',
    sum: 'grey + green − blue',
    amongPictures: 'among the pictures',
    trueToSmall: 'dark or bright as the small one',
    clippedAtEdge: 'pixels at ±1, clipped',
    scaledAtEdge: 'scaled',
    toNoise: 'noise',
    toData: 'data',
  },
};
