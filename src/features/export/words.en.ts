/** Of one scale there is no film. */
const filmOver = (scales: number): string =>
  scales > 1 ? `Film over ${scales} scales` : 'Film over the scales, once they are drawn';

export const en = {
  pictures: 'Picture (PNG)',
  animations: 'Animation (GIF)',
  page: 'The whole page (JSON)',
  sample: 'Picked sample',
  row: 'Samples of the chosen column',
  columns: 'All columns, labelled',
  grid: 'The grid, labelled',
  sampleWay: 'Picked sample, step by step',
  rowWay: 'Samples of the chosen column, step by step',
  columnsWay: 'All columns side by side, step by step',
  sampleFilm: (scales: number) => `${filmOver(scales)}, picked sample`,
  film: (scales: number) => `${filmOver(scales)}, all samples`,
  json: 'Settings, seeds and figures',
  restore: 'Restore from file…',
  restoreHint: 'Or drop such a file anywhere on the page.',
  drop: 'Drop an exported file here to restore its page, or an ONNX file to run your own network',
  working: (done: number, all: number) => `Making frame ${done} of ${all}…`,
};
