export const en = {
  page: 'All rules',
  title: 'How are all these different?',
  lead: 'Every rule on the same noise and with the same wishes, each at its best: of the scales that were tried, the one whose pictures are closest to real ones, among those as accurate as can be told.',
  measured: (about: {
    model: string;
    samples: number;
    steps: number;
    judge: string;
    date: string;
  }) =>
    `Measured on ${about.model} with ${about.samples} samples a point and ${about.steps} steps (a student of few steps: as many as it learnt), judged by ${about.judge}, ${about.date}. So few samples tell large differences only: what lies within ± of another is no difference, and the order of such neighbours says nothing. Distances and recall of so few are far from those of thousands, which the experiments and the list of networks have: compare them within this page.`,
  networks: 'Measured on',
  command: 'Made by one command:',
  scale: (scale: string) => `s = ${scale}`,
  strength: (strength: string) => `k = ${strength}`,
  lambda: (lambda: string) => `λ = ${lambda}`,
  noScale: 'no scale',
  accuracy: 'Class accuracy',
  alignment: 'Alignment',
  distance: 'Fréchet distance',
  kernelDistance: 'Kernel distance',
  recall: 'Recall',
  cost: 'Evaluations',
  costs: (count: number) => `${count} a sample`,
  open: (rule: string) => `Open ${rule} in the playground`,
  openShort: 'Try it',
  pictures: (rule: string, asked: string) => `${rule}: pictures of ${asked}`,
  tried: (count: number) => `All ${count} that were tried`,
  setting: 'Setting',
  unguided: 'This is what guidance starts from.',
  paper: (id: string) => `arXiv ${id}`,
};
