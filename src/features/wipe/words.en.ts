export const en = {
  name: 'Wipe',
  label: 'Two columns overlaid',
  show: 'Compare by',
  divider: 'Divider',
  difference: 'Difference',
  /** The letters that name the two columns. */
  sides: ['A', 'B'] as readonly [string, string],
  choose: (side: string) => `Column shown as ${side}`,
  option: (column: number, heading: string) => `${column}: ${heading}`,
  dividerBetween: (left: string, right: string) =>
    `Divider: ${left} to its left, ${right} to its right`,
  percent: (value: number) => `${value} %`,
  hint: 'Drag sideways over the picture, or move the divider with the arrow keys. A click picks a sample.',
  alone:
    'The wipe lays two columns over each other, and there is only one. Pin it as a column, then change its copy.',
  scale: 'B − A, where pictures lie in [−1, 1]; differences beyond ±1 keep the colour of the end',
  moreA: 'more in A',
  moreB: 'more in B',
  mean: 'mean |B − A|',
  meanHint: 'Mean absolute difference over all pixels of all samples, as shown now',
  differing: 'The two do not have the same samples yet.',
};
