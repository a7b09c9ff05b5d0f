import type { TourStepId } from './tour';

export const en = {
  page: 'The idea',
  backToArticle: 'Back to the article',
  startTour: '60-second tour',
  tour: {
    label: 'Tour',
    next: 'Next',
    back: 'Back',
    close: 'End the tour',
    done: 'Done',
    article: 'Read the whole idea',
    progress: (step: number, steps: number) => `Step ${step} of ${steps}`,
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
    } satisfies Readonly<Record<TourStepId, { readonly title: string; readonly text: string }>>,
  },
};
