import type { en } from './words.en';

export const zh: typeof en = {
  page: '原理',
  backToArticle: '返回文章',
  startTour: '60 秒导览',
  tour: {
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
