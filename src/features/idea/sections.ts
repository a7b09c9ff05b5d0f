/** The sections in their order; their ids are the anchors. */
export const SECTIONS = [
  'noise',
  'score',
  'bayes',
  'classifier',
  'implicit',
  'training',
  'sampling',
  'interval',
  'cost',
  'words',
  'questions',
  'references',
] as const;
export type SectionId = (typeof SECTIONS)[number];
