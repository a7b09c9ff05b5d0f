export const en = {
  page: 'Train a network',
  link: 'Train a network on this data',
  data: {
    title: 'Its data',
    hint: (gaussians: number) =>
      `${gaussians} Gaussians, drawn in colour behind the fields: those of the page “Two dimensions”, where they are moved.`,
    change: 'Change the data in two dimensions',
  },
  title: 'Train a network yourself',
  lead: 'A tiny network learns a few Gaussians in the plane, from random weights, on your own machine. Classifier-free guidance changes one line of its training: now and then the class is hidden. Slide p_uncond to its ends to see what that line is for.',
  start: 'Train',
  pause: 'Pause the training',
  resume: 'Go on training',
  again: 'Train again',
  restart: 'From the start',
  restartHint: 'The same training once more: the same weights, the same batches',
  weights: 'Other weights',
  weightsHint: 'Start from other random weights, with other batches',
  status: (step: string, steps: string) => `step ${step} of ${steps}`,
  untrained: 'not trained yet',
  speed: (stepsPerSecond: string) => `${stepsPerSecond} steps a second`,
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
    cond: (letter: string) => `With class ${letter}`,
    uncond: 'Without a class',
    difference: 'Their difference, c − u: what guidance adds',
    error: 'mean |D − D*|²',
    errorHint:
      'Mean squared distance between the network’s estimate and the exact one, over points drawn from the noisy data: weighted by their density.',
    learnt: 'the network',
    exact: 'exact',
    picture: (what: string, sigma: string) =>
      `${what}: estimates of the network and exact ones at σ ${sigma}`,
  },
  samples: {
    title: 'Samples drawn with it',
    hint: 'Both clouds start from the same noise and take the same steps by the same rule.',
    learnt: 'With the network',
    exact: 'With the exact scores',
    recognised: (percent: string, letter: string) => `${percent} where ${letter} is likeliest`,
    spread: (value: string) => `spread ${value}`,
    picture: (what: string, count: string, letter: string) =>
      `${what}: ${count} samples of class ${letter}`,
  },
  notes: {
    none: 'p_uncond = 0: the network never saw a sample without its class, so there is no unconditional model. What it says without a class is left over from its random weights, and guidance pushes wherever that happens to point.',
    all: 'p_uncond = 1: the network never saw a class, so there is no conditional model. The class changes its answer only by what is left over from random weights.',
    both: 'One network, two models: samples with their class teach it the one, samples without it the other. The rarer a kind is, the slower its curve falls.',
    untrained:
      'Before the first step the network says nothing: D is x scaled towards 0, whatever the class.',
  },
};
