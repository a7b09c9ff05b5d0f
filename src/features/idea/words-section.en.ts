import type { Section } from './article';

const t = String.raw;

/** From a class label to a prompt, and to pictures drawn in stages. */
export const wordsSection: Section = {
  title: 'From labels to words',
  blocks: [
    {
      text: t`So far $c$ was one of a few classes. But *a red apple on a blue background* is in nobody’s list of classes. What changes when $c$ is a sentence? Of guidance, nothing at all: the line of step 7 stays as it is. What it takes is a network that can read. The chapter follows Imagen (Saharia and colleagues), and this site has a small relative of it, trained on emoji of 1,294 things as nine open sets draw them.`,
    },
    {
      text: t`First the sentence becomes numbers. A tokeniser cuts it into $T$ pieces $w_i$, words or parts of words. A *text encoder*, trained on text alone, gives each piece a state $h_i$ that knows its neighbours:`,
    },
    { formula: 'textStates' },
    {
      text: t`The encoder is *pretrained*, for there is far more text in the world than there are pictures with captions. And it is *frozen*: it does not change while the other networks train, so each caption is encoded once and its states are kept. Imagen found a larger encoder worth more than a larger picture network. The encoder here is the one network of this site that is not ours, all-MiniLM-L6-v2 in 8 bits, with 22.6 million parameters and states of 384 numbers. What is typed in Chinese, or as an emoji, is put into English words first.`,
    },
    {
      text: t`How does a picture read? Where the base network has features $z$, one row for each place of the picture, every place asks a question, every word answers with a key and a value, and the place takes the mean of the values, weighted by how well key and question agree:`,
    },
    { formula: 'crossAttention' },
    {
      text: t`This is *cross-attention*. The class was one row for the whole picture; now each place chooses its words. Beside the words there is always one learned key and value, so that a place has something to look at when nobody said anything.`,
    },
    {
      text: t`And that is needed, for the reason of step 6. In training the words are hidden for 10 % of the pictures, here as in Imagen, and not only in the first network but in *every stage* that is about to come. So each of them answers with the words and without, and each can be guided, with a scale of its own.`,
    },
    { scene: 'words', label: '“a red apple”, without guidance and with it' },
    {
      text: t`Which stages? A large picture is drawn in steps of size. A *cascade* (Ho and colleagues) draws a small picture $y$, and a second network draws a larger one, $x$, that fits it. The chain rule of probability says that nothing is lost:`,
    },
    { formula: 'cascade' },
    {
      text: t`What is where is decided while pictures are small and evaluations cheap. Here the first network draws 16 × 16 pixels, and two *super-resolution* networks make 32 × 32 and 64 × 64 of them. Each sees the smaller picture as one more input, and the words. To guide such a stage is to hide the words alone; the small picture is told both times:`,
    },
    { formula: 'cfgOfStage' },
    { scene: 'stages', label: 'the first stage alone, and what the others make of its pictures' },
    {
      text: t`There is a catch. While it trains, the second network is shown small pictures that were made of real ones. When it is used, it gets what the first stage has drawn, faults included, and has learned to take a small picture at its word. The remedy: in training, hide a little of the small picture under noise of a random level $a$, and tell the network how much. Then choose a level for sampling.`,
    },
    { formula: 'augmentation' },
    {
      text: t`This is *noise conditioning augmentation*. At $a = 0$ the second stage sees $y$ itself, at $a = 1$ noise alone. In between, it knows that $y$ is not to be trusted to the last digit, and fills in what pictures usually look like.`,
    },
    {
      figure: 'cascade',
      title: 'A small picture that is a little wrong',
      note: t`Pictures of *two* pixels: across is their mean, up is half their difference, and shaded is where pictures are. The first stage draws the mean alone, the ticks below, and makes it too bright. At $a = 0$ each dot stands right above its tick, where no picture is. At $a = 0.1$ nearly all are back. Much more, and dark pictures turn into bright ones, for one pixel is soon lost in noise. Both stages are exact denoisers, run by the code that runs the real cascade.`,
    },
    {
      scene: 'augmentation',
      label: 'the same small pictures enlarged, without augmentation and at 0.3',
    },
    {
      text: t`The fault that matters most comes from guidance itself. Words want large scales, and large scales push pixels out of $[-1, 1]$; the first question below says why. The next step starts from there, and the next stage makes it larger. *Static* thresholding clips the guess at each step, which is $t = 1$ below. *Dynamic* thresholding lets the picture choose: $t$ is a high percentile $P_p$ of the sizes of its own pixels, and where that exceeds 1, the whole guess is scaled down.`,
    },
    { formula: 'threshold' },
    {
      figure: 'threshold',
      title: 'Clipped, or scaled',
      note: t`A picture of one row of 48 pixels, at the first step of a run. Pictures asked for have a bright stroke at 12 and a fainter one at 36; the others have theirs at 24. Raise the scale: clipped, both strokes are flat and equally white. Scaled, the fainter one stays fainter. A smaller $p$ lies between the two.`,
    },
    {
      scene: 'thresholds',
      label: 'a far too strong scale, without a threshold and with a dynamic one',
    },
  ],
};
