import type { Language } from '../../settings/settings';
import type { TourStepId } from './tour';

interface TourWords {
  readonly label: string;
  readonly next: string;
  readonly back: string;
  readonly close: string;
  readonly done: string;
  readonly article: string;
  readonly progress: (step: number, steps: number) => string;
  readonly keys: string;
  readonly steps: Readonly<Record<TourStepId, { readonly title: string; readonly text: string }>>;
}

export const TOUR_WORDS: Readonly<Record<Language, TourWords>> = {
  en: {
    label: 'Tour',
    next: 'Next',
    back: 'Back',
    close: 'End the tour',
    done: 'Done',
    article: 'Read the whole idea',
    progress: (step, steps) => `Step ${step} of ${steps}`,
    keys: '← → and Esc work too',
    steps: {
      noise: {
        title: 'A network that removes noise',
        text: 'Half-way from noise to pictures. In every pair one picture is still noisy; the other is what the network believes lies behind it.',
      },
      questions: {
        title: 'It answers two questions',
        text: 'The same noise, twice. Left: what is this? Right: what is this, if it is what you asked for?',
      },
      difference: {
        title: 'The difference is a direction',
        text: 'Subtract the two answers. What is left shows where the picture must change to look more like what you asked for. This is guidance.',
      },
      scale: {
        title: 'Go further that way',
        text: 'Scale 1 takes the second answer as it is. Scale 3 overshoots, and scale 8 overshoots a lot. The pictures become clearer.',
      },
      price: {
        title: 'Clearer, and more alike',
        text: 'Read the two numbers below each column: recognised goes up, diversity goes down. That is the trade, and the scale chooses.',
      },
      saturation: {
        title: 'Too much',
        text: 'At 15 the pictures leave the range that pictures have. What is too bright or too dark is coloured.',
      },
      interval: {
        title: 'Guide only where it helps',
        text: 'The same strong scale twice. On the right it acts on the middle noise levels only: the variety is back, for fewer evaluations (NFE).',
      },
      yours: {
        title: 'Your turn',
        text: 'Move the scale and watch. Everything you see is computed on your machine, now.',
      },
    },
  },
  zh: {
    label: '导览',
    next: '下一步',
    back: '上一步',
    close: '结束导览',
    done: '完成',
    article: '阅读完整原理',
    progress: (step, steps) => `第 ${step} 步，共 ${steps} 步`,
    keys: '也可以按 ← → 和 Esc 键',
    steps: {
      noise: {
        title: '一个会去噪的网络',
        text: '从噪声走向图片，正走到一半。每一对图里，一张还带着噪声，另一张是网络认为藏在噪声背后的样子。',
      },
      questions: {
        title: '它能回答两个问题',
        text: '同样的噪声，问两遍。左边：这是什么？右边：如果这就是你要的，它是什么？',
      },
      difference: {
        title: '答案之差就是方向',
        text: '把两个答案相减，剩下的就是：图片该怎样改变，才更像你要的东西。这就是引导。',
      },
      scale: {
        title: '沿着它再往前走',
        text: '强度 1 原样采用第二个答案，强度 3 走过头一些，强度 8 走过头很多。图片越来越清楚。',
      },
      price: {
        title: '更清楚，也更雷同',
        text: '看每一列下方的两个数：识别率上升，多样性下降。这就是取舍，由强度来定。',
      },
      saturation: {
        title: '过了头',
        text: '强度到了 15，像素超出了图片应有的范围。过亮和过暗的地方都上了颜色。',
      },
      interval: {
        title: '只在有益的地方引导',
        text: '同样的强引导，两遍。右边只作用于中间的噪声级：多样性回来了，求值次数（NFE）还更少。',
      },
      yours: {
        title: '轮到你了',
        text: '拨动强度，看看会怎样。你看到的一切，都是此刻在你的机器上算出来的。',
      },
    },
  },
};
