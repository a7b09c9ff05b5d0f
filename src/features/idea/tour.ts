/** The steps of the tour, each with what it sets the playground to, in the order of the tour. */
export const TOUR = [
  { id: 'noise', query: 'scale=1&view=both&at=0.6' },
  { id: 'questions', query: 'guidance=unconditional,conditional&scale=1,1&active=1' },
  { id: 'difference', query: 'scale=3&inside=on&at=0.5' },
  { id: 'scale', query: 'scale=1,3,8&active=1' },
  { id: 'price', query: 'scale=1,2,4,8&active=3' },
  { id: 'saturation', query: 'scale=2,15&overlay=on&active=1' },
  { id: 'interval', query: 'scale=8,8&interval=all,0.2~2&active=1' },
  { id: 'yours', query: 'scale=3' },
] as const;
export type TourStepId = (typeof TOUR)[number]['id'];
